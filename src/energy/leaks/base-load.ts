import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { BaseLoadRule } from '../../campus/meter-rule.ts';
import { dayBefore, nextMidnight, typeOf } from './days.ts';
import { type Facts, HOUR, type Kind, median, rateOf } from './kind.ts';

const HALF = HOUR / 2;
const LOWEST = 8;
/** Half-hours of a day that must be known, of 48. */
const KNOWN = 44;
/** Days that tell what is usual, of school days, weekends and holidays each. */
const DAYS = 10;
const FEWEST = 3;
const REMEMBERED = 60;

/** Base loads of the newest days that were not too high, oldest first, and the day judged last. */
const Memory = Type.Object({
  days: Type.Array(Type.Tuple([Type.String(), Type.Number()])),
  last: Type.String(),
});
interface BaseMemory {
  days: readonly (readonly [day: string, load: number])[];
  last: string;
}

/**
 * Base load: the mean of the 8 lowest half-hours of a day, against the median of ten like days
 * before. A day that is too high does not become usual.
 */
export function baseLoad({ ratio, least }: BaseLoadRule): Kind<BaseMemory> {
  return {
    begin: { days: [], last: '' },
    parse: (stored) => (Value.Check(Memory, stored) ? stored : undefined),
    stored: (memory) => memory,
    lookBack: 0,
    step: HALF,
    wait: 0,
    next: nextMidnight,
    judge(memory, at, facts) {
      const { day, from } = dayBefore(at, facts.campus);
      if (day <= memory.last) return { memory, finding: undefined };
      const halves: number[] = [];
      for (let start = from; start < at; start += HALF) {
        const rate = rateOf(facts.recent(start, start + HALF), HALF);
        if (rate !== undefined) halves.push(rate);
      }
      if (halves.length < KNOWN) return { memory, finding: undefined };
      const lowest = halves.sort((a, b) => a - b).slice(0, LOWEST);
      const load = lowest.reduce((sum, rate) => sum + rate, 0) / LOWEST;
      const usual = usualOn(day, memory, facts);
      if (usual === undefined) {
        // while something is on that should not be, nothing new becomes usual
        const days = facts.isActive ? memory.days : withDay(memory, day, load);
        return { memory: { days, last: day }, finding: undefined };
      }
      if (load <= ratio * usual || load - usual <= least) {
        const days = withDay(memory, day, load);
        return { memory: { days, last: day }, finding: { holds: false } };
      }
      return {
        memory: { ...memory, last: day },
        finding: {
          holds: true,
          value: tidy(load),
          limit: tidy(Math.max(ratio * usual, usual + least)),
          unit: 'kW',
          loss: { rate: load - usual, since: from },
        },
      };
    },
  };
}

const withDay = ({ days }: BaseMemory, day: string, load: number): BaseMemory['days'] =>
  [...days, [day, load] as const].slice(-REMEMBERED);

function usualOn(day: string, { days }: BaseMemory, { campus }: Facts): number | undefined {
  const type = typeOf(campus.calendar, day);
  const like = days.filter(([one]) => typeOf(campus.calendar, one) === type).slice(-DAYS);
  return like.length < FEWEST ? undefined : median(like.map(([, load]) => load));
}

const tidy = (load: number): number => Math.round(load * 100) / 100;
