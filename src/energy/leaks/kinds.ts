import type { MeterRule } from '../../campus/meter-rule.ts';
import type { Millis } from '../../clock.ts';
import { baseLoad } from './base-load.ts';
import { burst } from './burst.ts';
import { continuousFlow } from './continuous-flow.ts';
import { holidayUse } from './holiday-use.ts';
import { imbalance } from './imbalance.ts';
import { type Judge, judgeOf } from './kind.ts';
import { nightFlow } from './night-flow.ts';

const known = new WeakMap<MeterRule, Judge>();

/**
 * A rule that remembers nothing yet; devices that share a rule share it. `interval`: how often the
 * meter reports (ms), which is its profile's, as the rule is.
 */
export function judgeFor(rule: MeterRule, interval: Millis): Judge {
  const judge = known.get(rule) ?? make(rule, interval);
  known.set(rule, judge);
  return judge;
}

function make(rule: MeterRule, interval: Millis): Judge {
  switch (rule.kind) {
    case 'night-flow':
      return judgeOf(nightFlow(rule));
    case 'continuous-flow':
      return judgeOf(continuousFlow(rule));
    case 'burst':
      return judgeOf(burst(rule, interval));
    case 'base-load':
      return judgeOf(baseLoad(rule));
    case 'holiday-use':
      return judgeOf(holidayUse(rule));
    case 'imbalance':
      return judgeOf(imbalance(rule));
  }
}
