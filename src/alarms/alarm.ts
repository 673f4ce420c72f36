import type { Severity } from '../campus/rule.ts';
import type { Millis } from '../clock.ts';
import type { Text } from '../errors.ts';

/** What a fire alarm turned out to be: 真实火警、误报、演练、测试、故障. */
export const DISPOSITIONS = ['fire', 'false-alarm', 'drill', 'test', 'fault'] as const;
export type Disposition = (typeof DISPOSITIONS)[number];

/** The life of one abnormal condition. Times are ms since 1970; undefined has not happened. */
export interface Alarm {
  id: number;
  campus: string;
  device: string;
  deviceName: string;
  zone: string;
  rule: string;
  severity: Severity;
  /** Stays until a person resets it. */
  latched: boolean;
  metric: string | undefined;
  value: number | undefined;
  limit: number | undefined;
  unit: string;
  title: Text;
  action: Text;
  /** What a part of the gateway adds to it: a cause, what it costs, how long there is. */
  detail?: Text | undefined;
  /** Event time at which the condition began. */
  since: Millis;
  raised: Millis;
  /** How often it was raised before it was closed. */
  occurrences: number;
  acknowledged: Millis | undefined;
  acknowledgedBy: string | undefined;
  /** When the acknowledgement expires, if the condition still holds then. */
  acknowledgedUntil?: Millis | undefined;
  /** When an acknowledgement expired, until the next one. */
  expired?: Millis | undefined;
  /** When people were last reminded that nobody has acknowledged it. */
  reminded?: Millis | undefined;
  assigned?: Millis | undefined;
  assignedTo?: string | undefined;
  /** Recorded and shown, but nobody is told of it until then. */
  shelvedUntil?: Millis | undefined;
  cleared: Millis | undefined;
  disposition?: Disposition | undefined;
  closed: Millis | undefined;
  closedBy: string | undefined;
  closeReason: string | undefined;
  /** The alarm that explains it: nobody is told of it. */
  suppressedBy?: number | undefined;
  /** It comes and goes: nobody is told of that until it has been quiet until then. */
  unstableUntil?: Millis | undefined;
  /** The drill in which it was raised. */
  drill?: number | undefined;
}

/**
 * `escalated`: its severity rose while the condition held. `reminded`: nobody has acknowledged it for
 * long. `suppressed` by a known cause, until that
 * is over: `released`. `unstable`: it comes and goes, until it has been quiet: `settled`.
 */
export const ALARM_EVENTS = [
  'raised',
  'escalated',
  'acknowledged',
  'expired',
  'reminded',
  'assigned',
  'commented',
  'shelved',
  'unshelved',
  'suppressed',
  'released',
  'unstable',
  'settled',
  'cleared',
  'reset',
  'closed',
] as const;
export type AlarmEventName = (typeof ALARM_EVENTS)[number];

/** What happened to an alarm: enough to tell its whole state from its history. */
export interface AlarmStep {
  time: Millis;
  event: AlarmEventName;
  /** Who did it; undefined where nobody did: a condition, a timer. */
  person?: string | undefined;
  detail?: string | undefined;
  /** Of `raised` and `escalated`. */
  severity?: Severity | undefined;
  value?: number | undefined;
  limit?: number | undefined;
  /** Of `raised`: when the condition began. */
  since?: Millis | undefined;
  /** Of `raised`: the drill that is held where it was. */
  drill?: number | undefined;
  /** Of `acknowledged`, `shelved` and `unstable`. */
  until?: Millis | undefined;
  /** Of `assigned`: to whom. */
  assignee?: string | undefined;
  /** Of `reset`, and of a comment that says what it was. */
  disposition?: Disposition | undefined;
  /** Of `suppressed`: the alarm that explains it. */
  cause?: number | undefined;
}

/** A step that was recorded, with the alarm as it is after it. */
export interface AlarmEvent extends AlarmStep {
  id: number;
  alarm: Alarm;
}

/** What is needed to raise an alarm; the rest follows. */
export type NewAlarm = Pick<
  Alarm,
  | 'campus'
  | 'device'
  | 'deviceName'
  | 'zone'
  | 'rule'
  | 'severity'
  | 'latched'
  | 'metric'
  | 'value'
  | 'limit'
  | 'unit'
  | 'title'
  | 'action'
  | 'detail'
  | 'since'
  | 'raised'
>;

/** The condition holds. */
export const isActive = ({ cleared, closed }: Alarm): boolean =>
  cleared === undefined && closed === undefined;
