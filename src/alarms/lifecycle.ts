import type { Millis } from '../clock.ts';
import type { Alarm, AlarmStep, NewAlarm } from './alarm.ts';

/** Quiet for so long, an unstable alarm is taken to be stable again. */
export const QUIET: Millis = 10 * 60_000;

/** An alarm before its first step. */
export const unborn = (alarm: NewAlarm): Alarm => ({
  ...alarm,
  id: 0,
  occurrences: 0,
  acknowledged: undefined,
  acknowledgedBy: undefined,
  cleared: undefined,
  closed: undefined,
  closedBy: undefined,
  closeReason: undefined,
});

const UNACKNOWLEDGED = {
  acknowledged: undefined,
  acknowledgedBy: undefined,
  acknowledgedUntil: undefined,
};

/** What comes or goes once more must be quiet from then on. */
const stirred = ({ unstableUntil }: Alarm, time: Millis): Millis | undefined =>
  unstableUntil === undefined ? undefined : Math.max(unstableUntil, time + QUIET);

const UNMUTED = { suppressedBy: undefined, unstableUntil: undefined };

/** Whatever has become critical is heard of: fire and life are never muted. */
const audible = (alarm: Alarm): Alarm =>
  alarm.severity === 'critical' ? { ...alarm, ...UNMUTED } : alarm;

/**
 * The alarm after a step of its life (states as in ISA-18.2: acknowledged, cleared, shelved and
 * assigned are independent of each other). Whether the step is allowed is the ledger's question.
 */
export function after(alarm: Alarm, step: AlarmStep): Alarm {
  const { time, person } = step;
  switch (step.event) {
    case 'raised':
      return audible({
        ...alarm,
        ...UNACKNOWLEDGED,
        severity: step.severity ?? alarm.severity,
        value: step.value,
        limit: step.limit,
        since: step.since ?? time,
        raised: alarm.occurrences === 0 ? time : alarm.raised,
        occurrences: alarm.occurrences + 1,
        cleared: undefined,
        expired: undefined,
        reminded: undefined,
        unstableUntil: stirred(alarm, time),
        // a real alarm is never made one of a drill; a drill's becomes real when raised after it
        drill: alarm.occurrences > 0 && alarm.drill === undefined ? undefined : step.drill,
      });
    case 'escalated': {
      const { severity = alarm.severity, value, limit } = step;
      return audible({
        ...alarm,
        ...UNACKNOWLEDGED,
        severity,
        value,
        limit,
        reminded: undefined,
      });
    }
    case 'acknowledged':
      return {
        ...alarm,
        acknowledged: time,
        acknowledgedBy: person,
        acknowledgedUntil: step.until,
        expired: undefined,
        reminded: undefined,
      };
    case 'expired':
      return { ...alarm, ...UNACKNOWLEDGED, expired: time };
    case 'reminded':
      return { ...alarm, reminded: time };
    case 'assigned':
      return { ...alarm, assigned: time, assignedTo: step.assignee };
    case 'commented':
      // of a fire only the reset says what it was, after a look on site
      if (alarm.latched) return alarm;
      return { ...alarm, disposition: step.disposition ?? alarm.disposition };
    case 'shelved':
      return { ...alarm, shelvedUntil: step.until };
    case 'unshelved':
      return { ...alarm, shelvedUntil: undefined };
    case 'suppressed':
      return { ...alarm, suppressedBy: step.cause };
    case 'released':
      return { ...alarm, suppressedBy: undefined };
    case 'unstable':
      return { ...alarm, unstableUntil: step.until };
    case 'settled':
      return { ...alarm, unstableUntil: undefined };
    case 'cleared':
      return {
        ...alarm,
        cleared: time,
        acknowledgedUntil: undefined,
        unstableUntil: stirred(alarm, time),
      };
    case 'reset':
      return { ...alarm, disposition: step.disposition };
    case 'closed':
      return {
        ...alarm,
        shelvedUntil: undefined,
        unstableUntil: undefined,
        closed: time,
        closedBy: person,
        closeReason: step.detail,
      };
  }
}
