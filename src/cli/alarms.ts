import { Temporal } from 'temporal-polyfill';
import { type Static, Type } from 'typebox';
import { ALARM_EVENTS } from '../alarms/alarm.ts';
import { EVENT_WORDS } from '../alarms/words.ts';
import { CodedError } from '../errors.ts';
import { placeOf } from '../notify/compose.ts';
import { stateWords } from '../notify/notification.ts';
import { findRunning } from '../storage/lock.ts';
import type { Arguments } from './arguments.ts';
import { note, print } from './print.ts';
import { ask } from './remote.ts';

const Alarm = Type.Object({
  id: Type.Number(),
  severity: Type.String(),
  zone: Type.String(),
  deviceName: Type.String(),
  title: Type.Object({ zh: Type.String(), en: Type.String() }),
  raised: Type.String(),
  acknowledgedBy: Type.Optional(Type.String()),
});

/** One alarm with all that was done about it. */
export const AlarmRecord = Type.Object({
  ...Alarm.properties,
  timezone: Type.String(),
  history: Type.Array(
    Type.Object({
      time: Type.String(),
      event: Type.Enum([...ALARM_EVENTS]),
      person: Type.Optional(Type.String()),
      assignee: Type.Optional(Type.String()),
      detail: Type.Optional(Type.String()),
    }),
  ),
  notifications: Type.Array(
    Type.Object({
      event: Type.String(),
      personName: Type.Optional(Type.String()),
      channel: Type.String(),
      created: Type.String(),
      state: Type.String(),
      used: Type.Optional(Type.String()),
      deliveries: Type.Array(
        Type.Object({ time: Type.String(), outcome: Type.String(), detail: Type.String() }),
      ),
    }),
  ),
});

/** Lists the open alarms of the gateway that runs, or tells one's record. Throws NOT_RUNNING or USAGE. */
export async function alarms(args: Arguments): Promise<void> {
  const running = findRunning(args.data);
  if (!running) throw new CodedError('NOT_RUNNING', { dir: args.data });
  const [, action, id] = args.words;
  if (action === 'list') {
    const answer = Type.Object({ alarms: Type.Array(Alarm) });
    const path = `/api/v1/alarms?open=true&limit=${args.limit ?? 100}`;
    const { alarms: open } = await ask(running, path, answer);
    for (const one of open) print(args.json ? JSON.stringify(one) : line(one));
    if (!args.json) note(`${open.length} 条未关闭报警 open alarm(s)`);
  } else if (action === 'show' && /^\d{1,15}$/.test(id ?? '')) {
    const record = await ask(running, `/api/v1/alarms/${id}`, AlarmRecord);
    print(args.json ? JSON.stringify(record) : recordText(record));
  } else {
    throw new CodedError('USAGE', { found: args.words.join(' ') });
  }
}

const line = (one: Static<typeof Alarm>): string =>
  `${one.id}  ${one.severity}  ${placeOf(one)}  ${one.title.zh} ${one.title.en}  ${one.raised}  ${one.acknowledgedBy ?? '未确认 unacknowledged'}`;

const inZone = (time: string, timezone: string): string => {
  const local = Temporal.Instant.from(time).toZonedDateTimeISO(timezone).toPlainDateTime();
  return local.toString({ smallestUnit: 'second' }).replace('T', ' ');
};

/** What happened, and who was told by which channel when and with what outcome; by the campus's time. */
export function recordText(record: Static<typeof AlarmRecord>): string {
  const { timezone, history, notifications, title, id } = record;
  const at = (time: string) => inZone(time, timezone);
  const steps = history.map(({ time, event, person, assignee, detail }) => {
    const { zh, en } = EVENT_WORDS[event];
    return [at(time), `${zh} ${en}`, assignee, person, detail].filter(Boolean).join('  ');
  });
  const told = notifications.flatMap(({ event, personName, channel, created, state, ...rest }) => {
    const { zh, en } = stateWords(state);
    const what = event === 'cleared' ? '恢复 over' : '报警 raised';
    const head = [at(created), what, personName ?? '值班 duty', channel, `${zh} ${en}`].join('  ');
    const attempts = rest.deliveries.map(
      ({ time, outcome, detail }) => `    ${at(time)}  ${outcome}  ${detail}`,
    );
    const used = rest.used === undefined ? [] : [`    ${at(rest.used)}  已点确认 link used`];
    return [head, ...attempts, ...used];
  });
  return [
    `${id}  ${placeOf(record)}  ${title.zh} ${title.en}  (${timezone})`,
    '经过 History',
    ...steps,
    '通知 Who was told',
    ...told,
  ].join('\n');
}
