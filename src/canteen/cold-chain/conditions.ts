import { type Condition, condition } from '../../alarms/rules/condition.ts';
import type { UnitRule } from '../../campus/unit-rule.ts';
import type { Millis } from '../../clock.ts';
import { doorOpen } from './door-open.ts';
import { cumulativeExcursion, excursion } from './excursion.ts';
import { warming } from './warming.ts';

/** How the rules of cold units judge: what the canteen brings to the alarms' engine. */
export function coldCondition(rule: UnitRule, gap: Millis): Condition {
  switch (rule.kind) {
    case 'excursion':
      return condition(excursion(rule, gap));
    case 'cumulative-excursion':
      return condition(cumulativeExcursion(rule, gap));
    case 'door-open':
      return condition(doorOpen(rule));
    case 'warming':
      return condition(warming(rule, gap));
  }
}
