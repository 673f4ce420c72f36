import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { BurstRule } from '../../campus/meter-rule.ts';
import type { Millis } from '../../clock.ts';
import { dayBefore, typeOf } from './days.ts';
import { type Facts, type Kind, MINUTE, nextMultiple, rateOf } from './kind.ts';

const STEP = 5 * MINUTE;
/** Days that tell the usual maximum, of school days and of days off. */
const DAYS = 28;
/** Fewer tell nothing. */
const FEWEST = 3;
/** It is over below this part of the limit. */
const OVER = 0.8;

/** The highest lasting flow of the newest days, oldest first; the last one may be under way. */
const Memory = Type.Array(Type.Tuple([Type.String(), Type.Number()]));
type Maxima = readonly (readonly [day: string, flow: number])[];

/**
 * Burst: for ten minutes, and two reports, a flow above the usual maximum of such days times `ratio`.
 * School days and days off are told apart: the first day of a term is no burst.
 */
export function burst(rule: BurstRule, interval: Millis): Kind<Maxima> {
  const { high, ratio, least, unless } = rule;
  const window = Math.max(2 * STEP, Math.ceil((2 * interval) / STEP) * STEP);
  return {
    begin: [],
    parse: (stored) => (Value.Check(Memory, stored) ? stored : undefined),
    stored: (memory) => memory,
    lookBack: 0,
    step: STEP,
    wait: 0,
    next: (after) => nextMultiple(after, STEP),
    judge(memory, at, facts) {
      if (unless !== undefined && facts.reports(unless, at)) return { memory, finding: undefined };
      const { day } = dayBefore(at, facts.campus);
      const last = memory.at(-1);
      if (last && day < last[0]) return { memory, finding: undefined };
      const rates = ratesOf(at, window, facts);
      if (!rates) return { memory, finding: undefined };
      const flow = Math.min(...rates);
      const limit = limitOn(day, memory, facts);
      if (flow > limit) {
        const loss = { rate: flow, since: at - window };
        const [value, said] = [tidy(flow), tidy(limit)];
        return { memory, finding: { holds: true, value, limit: said, unit: 'm³/h', loss } };
      }
      const isOver = Math.max(...rates) <= OVER * limit;
      // what began beyond it is not usual, even while it ebbs away
      const seen = facts.isActive && !isOver ? memory : withFlow(memory, day, flow);
      return { memory: seen, finding: isOver ? { holds: false } : undefined };
    },
  };

  function limitOn(day: string, memory: Maxima, { campus: { calendar } }: Facts): number {
    const isSchool = typeOf(calendar, day) === 'school';
    const like = memory.filter(
      ([one]) => one < day && (typeOf(calendar, one) === 'school') === isSchool,
    );
    if (like.length < FEWEST) return high;
    return Math.max(least, ratio * Math.max(...like.map(([, flow]) => flow)));
  }
}

function ratesOf(at: Millis, window: Millis, { recent }: Facts): number[] | undefined {
  const rates: number[] = [];
  for (let end = at; end > at - window; end -= STEP) {
    const rate = rateOf(recent(end - STEP, end), STEP);
    if (rate === undefined) return undefined;
    rates.push(rate);
  }
  return rates;
}

function withFlow(memory: Maxima, day: string, flow: number): Maxima {
  const last = memory.at(-1);
  if (last?.[0] !== day) return [...memory, [day, flow] as const].slice(-DAYS);
  return flow > last[1] ? [...memory.slice(0, -1), [day, flow]] : memory;
}

const tidy = (flow: number): number => Math.round(flow * 100) / 100;
