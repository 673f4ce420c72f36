import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { ContinuousFlowRule } from '../../campus/meter-rule.ts';
import type { Millis } from '../../clock.ts';
import { HOUR, type Kind, MINUTE, nextMultiple, rateOf } from './kind.ts';

const QUARTER = 15 * MINUTE;
/** A shorter stretch is found again from its readings. */
const STORED_AFTER: Millis = 6 * HOUR;

/** A stretch without rest: since when, its lowest flow, and up to when it is judged. */
const Memory = Type.Union([
  Type.Null(),
  Type.Object({ since: Type.Number(), lowest: Type.Number(), until: Type.Number() }),
]);
type Stretch = { since: Millis; lowest: number; until: Millis };

/**
 * Continuous flow: no quarter of an hour at rest for `after`. The lowest quarter of the stretch
 * is what leaks. It is over with the first quarter at rest; an unknown one begins the count anew.
 */
export function continuousFlow({ after, legitimate }: ContinuousFlowRule): Kind<Stretch | null> {
  return {
    begin: null,
    parse: (stored) => (Value.Check(Memory, stored) ? stored : undefined),
    // once an hour, so that it is not written at every quarter
    stored: (memory) =>
      memory && memory.until - memory.since >= STORED_AFTER
        ? { ...memory, until: Math.floor(memory.until / HOUR) * HOUR }
        : null,
    lookBack: STORED_AFTER,
    step: QUARTER,
    wait: 0,
    next: (at) => nextMultiple(at, QUARTER),
    judge(memory, at, { recent }) {
      if (memory && at <= memory.until) return { memory, finding: undefined };
      const rate = rateOf(recent(at - QUARTER, at), QUARTER);
      if (rate === undefined) return { memory: null, finding: undefined };
      if (rate <= legitimate) return { memory: null, finding: { holds: false } };
      const stretch = {
        since: memory?.since ?? at - QUARTER,
        lowest: Math.min(memory?.lowest ?? rate, rate),
        until: at,
      };
      if (at - stretch.since < after) return { memory: stretch, finding: undefined };
      return {
        memory: stretch,
        finding: {
          holds: true,
          value: Math.round(stretch.lowest * 1000),
          limit: undefined,
          unit: 'L/h',
          loss: { rate: stretch.lowest - legitimate, since: stretch.since },
        },
      };
    },
  };
}
