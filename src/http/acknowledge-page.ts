import type { Alarm, AlarmEvent } from '../alarms/alarm.ts';
import { EVENT_WORDS } from '../alarms/words.ts';
import type { Millis } from '../clock.ts';
import { sayDuration } from '../duration.ts';
import { type CodedError, describe } from '../errors.ts';
import { isUnanswered } from '../notify/acknowledge.ts';
import { againstLimit, label, localTime } from '../notify/compose.ts';
import { type Delivered, stateWords } from '../notify/notification.ts';
import { type Html, html, page } from './html.ts';
import { type Trend, trendChart } from './trend.ts';

type Step = Omit<AlarmEvent, 'alarm'>;

/** What the page shows of an alarm. */
export interface AcknowledgeView {
  alarm: Alarm;
  /** The other alarms that the same message told of, and that are acknowledged with it. */
  others?: readonly Alarm[] | undefined;
  timezone: string;
  now: Millis;
  /** Of the link, which the page's forms go to. */
  token: string;
  /** Oldest first. */
  history: readonly Step[];
  /** Who was told of it, oldest first. */
  told?: readonly Delivered[];
  trend?: Trend | undefined;
  /** For how long (ms) an acknowledgement counts while the condition holds; undefined: for good. */
  lasts?: Millis | undefined;
  /** True right after the button was pressed. */
  isDone?: boolean;
  /** The link was used, and works once. */
  isUsed?: boolean;
}

/** The page of an acknowledgement link: made for a phone, Chinese first, no script. */
export function acknowledgePage(view: AcknowledgeView): string {
  const { alarm } = view;
  const title = label(alarm);
  const zh = `${alarm.drill === undefined ? '' : '【演练】'}${title.zh}`;
  const en = `${alarm.drill === undefined ? '' : '[DRILL] '}${title.en}`;
  return page(
    zh,
    html`<main class="narrow">
<div class="card alarm ${alarm.severity}"><h1>${zh}</h1><span class="en">${en}</span>${facts(view)}</div>
${state(view)}
${view.trend && trendChart(view.trend, alarm, view.timezone)}
${remarks(view)}
${past(view)}
${told(view)}
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
  const against = againstLimit(alarm, alarm.value);
  const lasted = sayDuration((alarm.cleared ?? now) - alarm.since);
  return html`<dl>
${fact('位置', alarm.zone)}
${alarm.deviceName === alarm.zone ? undefined : fact('设备', alarm.deviceName)}
${against && fact('数值', against.zh, against.en)}
${fact('开始', `${localTime(alarm.since, timezone)}，${alarm.cleared === undefined ? '已持续' : '持续了'} ${lasted.zh}`, `for ${lasted.en}`)}
${alarm.cleared === undefined ? undefined : fact('恢复', localTime(alarm.cleared, timezone), 'over since')}
${others.length === 0 ? undefined : fact(`另有 ${others.length} 台`, others.map(({ deviceName }) => deviceName).join('、'), 'acknowledged together')}
${alarm.detail === undefined ? undefined : fact('说明', alarm.detail.zh, alarm.detail.en)}
${fact('处置', alarm.action.zh, alarm.action.en)}
${alarm.assignedTo === undefined ? undefined : fact('负责人', alarm.assignedTo, 'assigned to')}
</dl>`;
}

function fact(name: string, text: string, en?: string): Html {
  return html`<dt>${name}</dt><dd>${text}${en === undefined ? undefined : html`<span class="en">${en}</span>`}</dd>`;
}

function state({ alarm, timezone, isDone, isUsed, lasts }: AcknowledgeView): Html {
  const { acknowledged, acknowledgedBy = '?', closed } = alarm;
  if (acknowledged !== undefined) {
    const at = localTime(acknowledged, timezone);
    return html`<p class="state good">${isDone ? '✓ 已确认' : '该报警已被确认'}</p>
<p>${acknowledgedBy}，${at}<span class="en">${isDone ? 'Acknowledged' : 'Already acknowledged'} by ${acknowledgedBy} at ${at}</span></p>
${alarm.latched && closed === undefined ? AWAITS_RESET : undefined}`;
  }
  if (closed !== undefined) {
    const at = localTime(closed, timezone);
    return html`<p class="state good">该报警已关闭</p><p>${at}<span class="en">Closed at ${at}</span></p>`;
  }
  if (isUsed) {
    return html`<p class="state">该链接已使用过</p>
<p>报警再次提醒，等待确认，请使用新消息中的链接。<span class="en">This link was used already, and the alarm rings again: use the link of the newer message.</span></p>`;
  }
  const wait = lasts === undefined ? undefined : sayDuration(lasts);
  const again = wait
    ? {
        zh: `，${wait.zh}后仍未恢复会再次提醒`,
        en: ` for ${wait.en}; if it is not over by then, the phone rings again`,
      }
    : { zh: '', en: '' };
  return html`<form method="post"><button type="submit">确认收到<small>I take care of it</small></button></form>
<p><small>确认后停止通知${again.zh}；请按上面的处置办法到现场查看。 Acknowledging stops further calls${again.en}. Please go and look.</small></p>`;
}

/** What its reader can say of it, besides that he takes care: relative to the page, whose address ends in the token. */
function remarks({ alarm, token, isUsed }: AcknowledgeView): Html {
  const isOpen = alarm.closed === undefined;
  // it acknowledges, which a used link does no more: of an answered alarm it is but a note
  const mayBeFalse = isOpen && !(isUsed && isUnanswered(alarm));
  return html`<div class="quiet">
${isOpen ? html`<form method="post" action="${token}/assign"><button type="submit">由我处理<small>Assign to me</small></button></form>` : undefined}
${mayBeFalse ? html`<form method="post" action="${token}/false-alarm"><button type="submit">误报<small>${falseAlarmWords(alarm)}</small></button></form>` : undefined}
<form method="post" action="${token}/note"><textarea name="text" rows="2" maxlength="500" required aria-label="备注 Note" placeholder="现场情况…… What you have found"></textarea><button type="submit">添加备注<small>Add a note</small></button></form>
</div>`;
}

const AWAITS_RESET = html`<p><small>现场检查、确认安全后须由具名人员复位并写明结论，此前报警保持打开。 It stays open until a named person resets it after a check on site.</small></p>`;

const falseAlarmWords = ({ latched }: Alarm): string =>
  latched
    ? '仅记录，仍须现场检查后复位 False alarm: noted; the reset stays on site'
    : '记录并确认 False alarm: noted and acknowledged';

const MAX_PAST = 30;

function past({ history, timezone }: AcknowledgeView): Html {
  const newest = history.slice(-MAX_PAST).reverse();
  return html`<h2>经过 <small>History</small></h2>
<ul class="past">${newest.map(({ time, event, person, detail, assignee }) => {
    const { zh, en } = EVENT_WORDS[event];
    const words = [zh, assignee, detail].filter((word) => word !== undefined).join(' ');
    return html`<li>${localTime(time, timezone)} ${words}${person === undefined ? '' : `（${person}）`} <small>${en}</small></li>
`;
  })}</ul>`;
}

/** Whom it was sent to, by which channel and what became of it; what was never due is left out. */
function told({ told: all = [], timezone }: AcknowledgeView): Html | undefined {
  const shown = all.filter(({ deliveries }) => deliveries.length > 0).slice(-MAX_PAST);
  if (shown.length === 0) return undefined;
  return html`<h2>通知记录 <small>Who was told</small></h2>
<ul class="past">${shown.reverse().map(({ event, channel, personName, state, deliveries }) => {
    const { zh, en } = stateWords(state);
    const at = localTime(deliveries.at(-1)?.time ?? 0, timezone);
    const what = event === 'cleared' ? '（恢复）' : '';
    return html`<li>${at} ${personName ?? '值班'}${what} · ${channel} ${zh} <small>${en}</small></li>
`;
  })}</ul>`;
}
