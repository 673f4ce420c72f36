import type { Alarm } from '../alarms/store.ts';
import type { Millis } from '../clock.ts';
import { sayDuration } from '../duration.ts';
import { type CodedError, describe } from '../errors.ts';
import { headline, localTime } from '../notify/compose.ts';
import { type Html, html, page } from './html.ts';

/** What the page shows of an alarm. */
export interface AcknowledgeView {
  alarm: Alarm;
  /** The other alarms that the same message told of, and that are acknowledged with it. */
  others?: readonly Alarm[] | undefined;
  timezone: string;
  now: Millis;
  /** True right after the button was pressed. */
  isDone?: boolean;
  /** The link was used, and works once. */
  isUsed?: boolean;
}

/** The page of an acknowledgement link: made for a phone, Chinese first, no script. */
export function acknowledgePage(view: AcknowledgeView): string {
  const { alarm } = view;
  const title = headline(alarm, 'raised');
  const zh = `${alarm.drill === undefined ? '' : '【演练】'}${title.zh}`;
  const en = `${alarm.drill === undefined ? '' : '[DRILL] '}${title.en}`;
  return page(
    zh,
    html`<main class="narrow">
<div class="card alarm ${alarm.severity}"><h1>${zh}</h1><span class="en">${en}</span>${facts(view)}</div>
${state(view)}
</main>`,
  );
}

/** The page of a link that does not work. */
export function linkErrorPage({ code, params }: CodedError): string {
  const { message, remedy } = describe(code, params);
  return page(
    message.zh,
    html`<main class="narrow">
<div class="card"><h1>${message.zh}</h1><span class="en">${message.en}</span>
<p>${remedy.zh}<span class="en">${remedy.en}</span></p></div>
</main>`,
  );
}

function facts({ alarm, others = [], timezone, now }: AcknowledgeView): Html {
  const lasted = sayDuration((alarm.cleared ?? now) - alarm.since);
  return html`<dl>
${fact('位置', alarm.zone)}
${fact('设备', alarm.deviceName)}
${againstLimit(alarm)}
${fact('开始', `${localTime(alarm.since, timezone)}，${alarm.cleared === undefined ? '已持续' : '持续了'} ${lasted.zh}`, `for ${lasted.en}`)}
${alarm.cleared === undefined ? undefined : fact('恢复', localTime(alarm.cleared, timezone), 'over since')}
${others.length === 0 ? undefined : fact(`另有 ${others.length} 台`, others.map(({ deviceName }) => deviceName).join('、'), 'acknowledged together')}
${fact('处置', alarm.action.zh, alarm.action.en)}
</dl>`;
}

function fact(name: string, text: string, en?: string): Html {
  return html`<dt>${name}</dt><dd>${text}${en === undefined ? undefined : html`<span class="en">${en}</span>`}</dd>`;
}

function againstLimit({ value, limit, unit }: Alarm): Html | undefined {
  if (value === undefined || limit === undefined || unit === '') return undefined;
  const side = value > limit ? { zh: '高于', en: 'above' } : { zh: '低于', en: 'below' };
  return fact(
    '数值',
    `${value} ${unit}，${side.zh}限值 ${limit} ${unit}`,
    `${side.en} the limit of ${limit} ${unit}`,
  );
}

function state({ alarm, timezone, isDone, isUsed }: AcknowledgeView): Html {
  const { acknowledged, acknowledgedBy = '?', closed } = alarm;
  if (acknowledged !== undefined) {
    const at = localTime(acknowledged, timezone);
    return html`<p class="state good">${isDone ? '✓ 已确认' : '该报警已被确认'}</p>
<p>${acknowledgedBy}，${at}<span class="en">${isDone ? 'Acknowledged' : 'Already acknowledged'} by ${acknowledgedBy} at ${at}</span></p>`;
  }
  if (closed !== undefined) {
    const at = localTime(closed, timezone);
    return html`<p class="state good">该报警已关闭</p><p>${at}<span class="en">Closed at ${at}</span></p>`;
  }
  if (isUsed) {
    return html`<p class="state">该链接已使用过</p>
<p>报警再次发生，请使用新消息中的链接。<span class="en">This link was used already; the alarm was raised again: use the link of the newer message.</span></p>`;
  }
  return html`<form method="post"><button type="submit">确认收到<small>I take care of it</small></button></form>
<p><small>确认后不再重复通知您；请按上面的处置办法到现场查看。 Acknowledging stops further calls; please go and look.</small></p>`;
}
