import type { Alarm, AlarmStep, NewAlarm } from './alarm.ts';

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

/**
 * The alarm after a step of its life (states as in ISA-18.2: acknowledged, cleared, shelved and
 * assigned are independent of each other). Whether the step is allowed is the ledger's question.
 */
export function after(alarm: Alarm, step: AlarmStep): Alarm {
  const { time, person } = step;
  switch (step.event) {
    case 'raised':
      return {
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
      };
    case 'escalated': {
      const { severity = alarm.severity, value, limit } = step;
      return { ...alarm, ...UNACKNOWLEDGED, severity, value, limit };
    }
    case 'acknowledged':
      return {
        ...alarm,
        acknowledged: time,
        acknowledgedBy: person,
        acknowledgedUntil: step.until,
        expired: undefined,
      };
    case 'expired':
      return { ...alarm, ...UNACKNOWLEDGED, expired: time };
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
    case 'cleared':
      return { ...alarm, cleared: time, acknowledgedUntil: undefined };
    case 'reset':
      return { ...alarm, disposition: step.disposition };
    case 'closed':
      return {
        ...alarm,
        shelvedUntil: undefined,
        closed: time,
        closedBy: person,
        closeReason: step.detail,
      };
  }
}
