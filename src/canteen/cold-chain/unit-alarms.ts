import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Alarm, AlarmStep, Disposition } from '../../alarms/alarm.ts';
import { toAlarm, toStep } from '../../alarms/alarm-rows.ts';
import type { RecordedUnit } from './recorded-unit.ts';
import type { Span } from './time-in-range.ts';

/** An alarm of a unit, and what people did about it. */
export interface Told extends Alarm {
  /** False: nobody knew the temperature. */
  isOfTemperature: boolean;
  /** 处理措施, and whose. */
  done: string | undefined;
  doneBy: string | undefined;
}

const DISPOSITIONS: Record<Disposition, string> = {
  fire: '真实火警',
  'false-alarm': '误报',
  drill: '演练',
  test: '测试',
  fault: '故障',
};

/** The alarms of units as their history tells of them. What is merely recommended is left out. */
export class UnitAlarms {
  readonly #campus: string;
  readonly #alarms: StatementSync;
  readonly #steps: StatementSync;

  constructor(connection: DatabaseSync, campus: string) {
    this.#campus = campus;
    this.#alarms = connection.prepare(
      `SELECT * FROM alarm WHERE campus = ? AND device = ? AND severity <> 'info'
         AND since < ? AND coalesce(cleared, 9223372036854775807) > ? ORDER BY since, id`,
    );
    this.#steps = connection.prepare('SELECT * FROM alarm_event WHERE alarm = ? ORDER BY id');
  }

  /** Those that lasted at some time of the span. */
  during({ id, blindRules }: RecordedUnit, { from, to }: Span): Told[] {
    return this.#alarms.all(this.#campus, id, to, from).map((row) => {
      const alarm = toAlarm(row);
      const steps = this.#steps.all(alarm.id).map(toStep);
      const actions = steps.flatMap(actionOf);
      return {
        ...alarm,
        isOfTemperature: !blindRules.includes(alarm.rule),
        done: actions.length === 0 ? undefined : actions.join('；'),
        doneBy: personOf(alarm, steps),
      };
    });
  }
}

/** What a person has said or decided in a step. */
function actionOf({ event, detail, disposition, person }: AlarmStep): string[] {
  if (person === undefined || event === 'shelved') return [];
  const words = detail || (disposition && DISPOSITIONS[disposition]);
  return words ? [words] : [];
}

/** Who acted last; who has merely acknowledged counts where nobody did more. */
function personOf({ acknowledgedBy }: Alarm, steps: readonly Omit<AlarmStep, 'alarm'>[]) {
  const acted = steps.findLast((step) => actionOf(step).length > 0);
  return acted?.person ?? acknowledgedBy;
}
