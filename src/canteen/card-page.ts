import type { Static } from 'typebox';
import { localMoment } from '../campus/school-days.ts';
import { type Html, html } from '../http/html.ts';
import { printPage, qrCode } from '../http/print-page.ts';
import { MEAL_NAMES } from './kitchen-rows.ts';
import { PAPER_NAMES, PAPERS } from './papers.ts';
import type { BatchShape, BatchTraceShape, ForwardShape, MealTraceShape } from './shapes.ts';

type MealFacts = Static<typeof MealTraceShape>;
type BatchFacts = Static<typeof BatchShape>;
type BatchTrace = Static<typeof BatchTraceShape>;
type Forward = Static<typeof ForwardShape>;

/** What stands on every card. */
export interface CardFrame {
  school: string;
  timezone: string;
  now: number;
  /** What its QR code opens. */
  address: string;
}

/** A meal on one sheet: its dishes, what went into them, and where that came from. */
export function mealCard(trace: MealFacts, frame: CardFrame): string {
  const title = `${trace.day} ${MEAL_NAMES[trace.meal].zh}`;
  const numbers = new Map(trace.batches.map(({ id }, i) => [id, i + 1]));
  const products = new Map(trace.batches.map(({ id, product }) => [id, product]));
  return card(
    `食材溯源卡 ${title}`,
    html`<h2>菜品 <small>Dishes</small></h2>
${
  trace.dishes.length > 0
    ? html`<table><tr><th>菜品</th><th>就餐</th><th>用料</th><th>领用</th><th>留样</th></tr>
${trace.dishes.map(
  (dish) => html`<tr><td><b>${dish.name}</b></td><td>${dish.classes.join('、') || '全校'}</td>
<td>${dish.uses.length === 0 ? '未登记' : join(dish.uses.map(({ batch, quantity, unit }) => `${products.get(batch) ?? batch} ${quantity} ${unit}〔${numbers.get(batch) ?? '?'}〕`))}</td>
<td>${join([...new Set(dish.uses.map(({ person }) => person))]) || '–'}</td><td>${samples(dish, frame)}</td></tr>
`,
)}</table>`
    : html`<p>没有登记菜品。<small>No dish was recorded.</small></p>`
}
<h2>食材 <small>Ingredients</small></h2>
${trace.batches.map((batch, i) => batchBlock(batch, frame, `〔${i + 1}〕`))}`,
    frame,
  );
}

/** A batch on one sheet: where it came from, and where it went. */
export function batchCard(trace: BatchTrace, frame: CardFrame): string {
  const { batch } = trace;
  return card(
    `批次溯源卡 ${batch.product}`,
    html`${batch.recall && html`<p class="bad">已召回：${batch.recall.reason}</p>`}
<h2>来源与存放 <small>Where it came from and lay</small></h2>
${batchBlock(batch, frame, '')}
<h2>去向 <small>Where it went</small></h2>
<p>结存：${batch.left === undefined ? '未知' : `${batch.left} ${batch.unit}`}${batch.lies.length === 0 ? '' : `（${join(batch.lies.map(({ name, quantity }) => `${name || '未入库'} ${quantity} ${batch.unit}`))}）`}</p>
${whereItWent(trace)}`,
    frame,
  );
}

/** All that a supplier delivered, or that a recall marks, on one list: what is left where, and who ate. */
export function forwardCard(title: string, note: string, trace: Forward, frame: CardFrame): string {
  return card(
    title,
    html`<p>${note}${trace.isTruncated ? '，未列全' : ''}</p>
<h2>批次 <small>Batches</small></h2>
<table><tr><th>进货</th><th>品名</th><th>批次</th><th>数量</th><th>结存与位置</th><th>状态</th></tr>
${trace.batches.map(
  (
    batch,
  ) => html`<tr><td>${batch.received ? say(Date.parse(batch.received), frame.timezone) : '–'}</td><td>${batch.product}</td><td>${batch.id}</td>
<td>${batch.quantity ?? '–'} ${batch.unit}</td><td>${batch.lies.length === 0 ? (batch.left ?? '–') : join(batch.lies.map(({ name, quantity }) => `${name || '未入库'} ${quantity} ${batch.unit}`))}</td>
<td>${batch.isRecalled ? html`<span class="bad">已召回</span>` : ''}</td></tr>
`,
)}</table>
<h2>去向 <small>Where they went</small></h2>
${whereItWent(trace)}`,
    frame,
  );
}

function whereItWent({ dishes, ...trace }: Forward): Html {
  return html`<p>就餐：${trace.wholeSchool ? '全校' : join(trace.classes) || '–'}</p>
${
  dishes.length === 0
    ? html`<p>尚未使用。<small>Not used yet.</small></p>`
    : html`<table><tr><th>餐次</th><th>菜品</th><th>用量</th><th>领用</th><th>就餐班级</th></tr>
${dishes.map(
  ({
    day,
    meal,
    name,
    uses,
    classes,
  }) => html`<tr><td>${day} ${MEAL_NAMES[meal].zh}</td><td>${name}</td>
<td>${join(uses.map(({ quantity, unit }) => `${quantity} ${unit}`))}</td>
<td>${join([...new Set(uses.map(({ person }) => person))])}</td><td>${classes.join('、') || '全校'}</td></tr>
`,
)}</table>`
}`;
}

function card(title: string, body: Html, { school, timezone, now, address }: CardFrame): string {
  return printPage(
    title,
    html`<header><div><h1>${title}</h1><p>${school}</p>
<small>由台账生成 made from the ledgers：${say(now, timezone)}</small></div>
<div class="qr">${qrCode(address)}扫码查看最新 Scan for the newest</div></header>
${body}
<footer>食品安全法第四十二、五十三条：全程追溯、进货查验。记录只增不改，带哈希链，可用 audit verify 校验。</footer>`,
    'sheet',
  );
}

function samples(dish: MealFacts['dishes'][number], { timezone, now }: CardFrame): Html {
  if (dish.samples.length === 0) return html`<span class="bad">没有留样</span>`;
  return html`${dish.samples.map(({ grams, taken, person, min, max, findings, ...sample }) => {
    const isKept = sample.disposed === undefined && Date.parse(sample.keepUntil) > now;
    const verdict = isKept ? '保存中' : html`<span class="good">合格</span>`;
    const said = findings.map(({ text }) => html`<span class="bad">${text.zh}</span> `);
    return html`${grams} g，${say(Date.parse(taken), timezone)}，${person}，${range(min, max)}；${findings.length === 0 ? verdict : said} `;
  })}`;
}

function batchBlock(batch: BatchFacts, { timezone }: CardFrame, number: string): Html {
  const { supplier, sensory, papers, missing } = batch;
  const received = batch.received && say(Date.parse(batch.received), timezone);
  const kinds = PAPERS.filter((kind) => papers.some((paper) => paper.kind === kind));
  const verdict =
    missing.length === 0
      ? html`<span class="good">可溯源 traceable</span>`
      : missing.map(({ text }) => html`<span class="bad">${text.zh}</span> `);
  return html`<section class="block"><h3>${number}${batch.product} <small>${batch.specification} ${batch.id}</small></h3>
<dl class="three">
<dt>数量</dt><dd>${batch.quantity ?? '–'} ${batch.unit}</dd><dt>进货</dt><dd>${received ?? '没有进货查验记录'}</dd><dt>验收人</dt><dd>${batch.signedBy ?? '–'}</dd>
<dt>批号</dt><dd>${batch.lot ?? '–'}</dd><dt>生产日期</dt><dd>${batch.produced ?? '–'}</dd><dt>保质期至</dt><dd>${batch.noShelfLife ? '无' : (batch.expires ?? '–')}</dd>
<dt>收货</dt><dd>${batch.temperature === undefined ? '未测温' : `${batch.temperature} ℃`}</dd><dt>感官</dt><dd>${sensory ? `${sensory.ok ? '合格' : '不合格'} ${sensory.note ?? ''}` : '–'}</dd><dt>证明</dt><dd>${join(kinds.map((kind) => PAPER_NAMES[kind].zh)) || '–'}</dd>
<dt>供货者</dt><dd class="wide">${supplier ? `${supplier.name}，${supplier.address ?? '地址缺'}，${supplier.phone ?? '电话缺'}` : '–'}；许可证 ${supplier?.licence ? `${supplier.licence.number}（至 ${supplier.licence.to}）` : '–'}</dd>
${batch.stays.map(
  ({ name, since, until, min, max, mean, coverage }) =>
    html`<dt>存放</dt><dd class="wide">${name}，${say(Date.parse(since), timezone)} 至 ${until ? say(Date.parse(until), timezone) : '今'}${
      coverage === undefined
        ? ''
        : `；${range(min, max)}${mean === undefined ? '' : `，平均 ${mean.toFixed(1)} ℃`}，记录覆盖 ${Math.floor(coverage)}%`
    }</dd>
`,
)}
<dt>结论</dt><dd class="wide">${verdict}<small>；记录保存至 ${batch.keepUntil}</small></dd>
</dl></section>
`;
}

const join = (words: readonly string[]): string => words.join('、');

const range = (min: number | undefined, max: number | undefined): string =>
  min === undefined || max === undefined
    ? '没有温度记录'
    : `最低 ${min.toFixed(1)} ℃，最高 ${max.toFixed(1)} ℃`;

function say(moment: number, timezone: string): string {
  const { day, time } = localMoment(moment, timezone);
  return `${day} ${time}`;
}
