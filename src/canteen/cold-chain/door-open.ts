import type { Kind } from '../../alarms/rules/condition.ts';
import { type RateMemory, rate } from '../../alarms/rules/rate.ts';
import { windowEnd } from '../../campus/daily-windows.ts';
import type { DoorOpenRule } from '../../campus/unit-rule.ts';

/** An open door: it rises that fast and has not fallen again. In a window of the unit it may. */
export function doorOpen(rule: DoorOpenRule): Kind<RateMemory> {
  const { rise, window, windows } = rule;
  const risen = rate({ rise, fall: undefined, window });
  return {
    ...risen,
    at(memory, last, time) {
      const verdict = risen.at(memory, last, time);
      const isExpected = verdict.holds && windowEnd(windows, last.time) !== undefined;
      return isExpected ? { ...verdict, holds: false } : verdict;
    },
  };
}
