import { html } from '../http/html.ts';
import { printPage, qrCode } from '../http/print-page.ts';
import { localTime } from '../notify/compose.ts';
import { type DishFacts, MEAL_NAMES, type SampleRecord } from './kitchen-rows.ts';

/** The label of a food sample, for a label printer of 70 × 50 mm; its QR code opens the meal's card. */
export function sampleLabelPage(
  sample: SampleRecord,
  dish: DishFacts,
  { timezone, address, fridge }: { timezone: string; address: string; fridge: string },
): string {
  const at = (time: number) => localTime(time, timezone);
  return printPage(
    `留样标签 ${dish.name}`,
    html`<main><h1>${dish.name}</h1>
<dl><dt>餐次</dt><dd>${dish.day} ${MEAL_NAMES[dish.meal].zh}</dd>
<dt>重量</dt><dd>${sample.grams} g</dd>
<dt>留样</dt><dd>${at(sample.taken)}</dd>
<dt>留样人</dt><dd>${sample.person}</dd>
<dt>位置</dt><dd>${fridge}（0–8 ℃）</dd></dl>
<div class="qr">${qrCode(address)}</div>
<div class="until">${at(sample.keepUntil)} 后方可销毁</div></main>`,
    'label',
  );
}
