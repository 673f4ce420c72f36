import { Severity } from '../campus/rule.ts';
import type { Text } from '../errors.ts';
import {
  ALARM_EVENTS,
  type Alarm,
  type AlarmEvent,
  type AlarmStep,
  DISPOSITIONS,
  type Disposition,
} from './alarm.ts';

// Rows of the tables alarm and alarm_event, and what they say.

export type Row = Record<string, unknown>;

const optional = (value: unknown): number | undefined =>
  value === null || value === undefined ? undefined : Number(value);
const optionalText = (value: unknown): string | undefined =>
  value === null || value === undefined ? undefined : String(value);

function parseText(json: unknown): Text {
  const parsed: unknown = JSON.parse(String(json));
  if (typeof parsed === 'object' && parsed !== null && 'zh' in parsed && 'en' in parsed) {
    return { zh: String(parsed.zh), en: String(parsed.en) };
  }
  throw new Error('not a text of two languages');
}

function oneOf<T extends string>(known: readonly T[], value: unknown): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw new Error(`unknown in the alarms' ledger: ${String(value)}`);
  return found;
}

const toDisposition = (value: unknown): Disposition | undefined =>
  value === null ? undefined : oneOf(DISPOSITIONS, value);

export function toAlarm(row: Row): Alarm {
  return {
    id: Number(row.id),
    campus: String(row.campus),
    device: String(row.device),
    deviceName: String(row.device_name),
    zone: String(row.zone),
    rule: String(row.rule),
    severity: oneOf(Severity.enum, row.severity),
    latched: row.latched === 1,
    metric: optionalText(row.metric),
    value: optional(row.value),
    limit: optional(row.alarm_limit),
    unit: String(row.unit),
    title: parseText(row.title),
    action: parseText(row.action),
    detail: row.detail === null ? undefined : parseText(row.detail),
    since: Number(row.since),
    raised: Number(row.raised),
    occurrences: Number(row.occurrences),
    acknowledged: optional(row.acknowledged),
    acknowledgedBy: optionalText(row.acknowledged_by),
    acknowledgedUntil: optional(row.acknowledged_until),
    expired: optional(row.expired),
    reminded: optional(row.reminded),
    assigned: optional(row.assigned),
    assignedTo: optionalText(row.assigned_to),
    shelvedUntil: optional(row.shelved_until),
    cleared: optional(row.cleared),
    disposition: toDisposition(row.disposition),
    closed: optional(row.closed),
    closedBy: optionalText(row.closed_by),
    closeReason: optionalText(row.close_reason),
    suppressedBy: optional(row.suppressed_by),
    unstableUntil: optional(row.unstable_until),
    drill: optional(row.drill),
  };
}

/** What steps change of an alarm's row. */
export const CHANGING = [
  'severity',
  'value',
  'alarm_limit',
  'since',
  'occurrences',
  'acknowledged',
  'acknowledged_by',
  'acknowledged_until',
  'expired',
  'reminded',
  'assigned',
  'assigned_to',
  'shelved_until',
  'cleared',
  'disposition',
  'closed',
  'closed_by',
  'close_reason',
  'suppressed_by',
  'unstable_until',
  'drill',
] as const;

/** The values of CHANGING. */
export function changingValues(alarm: Alarm): Record<string, string | number | null> {
  return {
    severity: alarm.severity,
    value: alarm.value ?? null,
    alarm_limit: alarm.limit ?? null,
    since: alarm.since,
    occurrences: alarm.occurrences,
    acknowledged: alarm.acknowledged ?? null,
    acknowledged_by: alarm.acknowledgedBy ?? null,
    acknowledged_until: alarm.acknowledgedUntil ?? null,
    expired: alarm.expired ?? null,
    reminded: alarm.reminded ?? null,
    assigned: alarm.assigned ?? null,
    assigned_to: alarm.assignedTo ?? null,
    shelved_until: alarm.shelvedUntil ?? null,
    cleared: alarm.cleared ?? null,
    disposition: alarm.disposition ?? null,
    closed: alarm.closed ?? null,
    closed_by: alarm.closedBy ?? null,
    close_reason: alarm.closeReason ?? null,
    suppressed_by: alarm.suppressedBy ?? null,
    unstable_until: alarm.unstableUntil ?? null,
    drill: alarm.drill ?? null,
  };
}

/** What of an alarm's row stands since it was raised. */
export const LASTING = [
  'campus',
  'device',
  'device_name',
  'zone',
  'rule',
  'latched',
  'metric',
  'unit',
  'title',
  'action',
  'detail',
  'raised',
] as const;

/** What an alarm says, as its row keeps it. */
export const wordsOf = ({ title, action, detail }: Pick<Alarm, 'title' | 'action' | 'detail'>) => ({
  title: JSON.stringify(title),
  action: JSON.stringify(action),
  detail: detail === undefined ? null : JSON.stringify(detail),
});

/** The values of LASTING. */
export const lastingValues = (alarm: Alarm): Record<string, string | number | null> => ({
  campus: alarm.campus,
  device: alarm.device,
  device_name: alarm.deviceName,
  zone: alarm.zone,
  rule: alarm.rule,
  latched: Number(alarm.latched),
  metric: alarm.metric ?? null,
  unit: alarm.unit,
  ...wordsOf(alarm),
  raised: alarm.raised,
});

/** A step as it stands in the history, without its alarm. */
export function toStep(row: Row): Omit<AlarmEvent, 'alarm'> {
  return {
    id: Number(row.id),
    time: Number(row.time),
    event: oneOf(ALARM_EVENTS, row.event),
    person: optionalText(row.person),
    detail: optionalText(row.detail),
    severity: row.severity === null ? undefined : oneOf(Severity.enum, row.severity),
    value: optional(row.value),
    limit: optional(row.alarm_limit),
    since: optional(row.since),
    until: optional(row.until),
    assignee: optionalText(row.assignee),
    disposition: toDisposition(row.disposition),
    cause: optional(row.cause),
    drill: optional(row.drill),
  };
}

/** The columns of alarm_event besides its id, and the values of a step in them. */
export const STEP = [
  'alarm',
  'time',
  'event',
  'person',
  'detail',
  'severity',
  'value',
  'alarm_limit',
  'since',
  'until',
  'assignee',
  'disposition',
  'cause',
  'drill',
] as const;

export const stepValues = (
  alarm: number,
  step: AlarmStep,
): Record<string, string | number | null> => ({
  alarm,
  time: step.time,
  event: step.event,
  person: step.person ?? null,
  detail: step.detail ?? null,
  severity: step.severity ?? null,
  value: step.value ?? null,
  alarm_limit: step.limit ?? null,
  since: step.since ?? null,
  until: step.until ?? null,
  assignee: step.assignee ?? null,
  disposition: step.disposition ?? null,
  cause: step.cause ?? null,
  drill: step.drill ?? null,
});
