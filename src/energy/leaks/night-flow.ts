import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { NIGHT, type NightFlowRule } from '../../campus/meter-rule.ts';
import { momentOf } from '../../campus/school-days.ts';
import type { Millis } from '../../clock.ts';
import { dayAround } from './days.ts';
import { KEPT } from './flow.ts';
import { type Facts, HOUR, type Kind, MINUTE, percentile, rateOf } from './kind.ts';

const QUARTER = 15 * MINUTE;
/** Rolling hours of 02:00–04:00 that must be known, of five. */
const HOURS_KNOWN = 3;
/** Nights that tell what is usual (UKWIR 99/WM/08/21: the 20th percentile of seven). */
const NIGHTS = 7;
const USUAL = 0.2;
/** Before these many nights nothing is usual. */
const FEWEST = 2;

/** Lowest hours of the newest nights without a leak, oldest first, and the night judged last. */
const Memory = Type.Object({ nights: Type.Array(Type.Number()), last: Type.String() });
interface NightMemory {
  nights: readonly number[];
  last: string;
}

/**
 * Minimum night flow: of 15-minute samples between 02:00 and 04:00 the lowest rolling hour, against
 * what is usual: the 20th percentile of seven nights, or what may rightly be used if that is more.
 * A step above it rings on the first morning. Where the nights before are themselves too high to be
 * rightful, what is rightful alone counts: a leak that is older than the gateway rings on the third.
 */
export function nightFlow({ high, legitimate }: NightFlowRule): Kind<NightMemory> {
  const rightful = legitimate + high;
  const limitAfter = (nights: readonly number[]): number => {
    const usual = percentile(nights, USUAL) ?? 0;
    return usual <= rightful ? Math.max(legitimate, usual) + high : rightful;
  };
  return {
    begin: { nights: [], last: '' },
    parse: (stored) => (Value.Check(Memory, stored) ? stored : undefined),
    stored: (memory) => memory,
    lookBack: 0,
    step: QUARTER,
    wait: 0,
    next(after, { timezone }) {
      const { day, to } = dayAround(after, { timezone });
      const tonight = momentOf(day, NIGHT.to, timezone);
      return tonight > after
        ? tonight
        : momentOf(dayAround(to, { timezone }).day, NIGHT.to, timezone);
    },
    judge(memory, at, facts) {
      const { day } = dayAround(at, facts.campus);
      if (day <= memory.last) return { memory, finding: undefined };
      const lowest = lowestHour(at, facts);
      if (lowest === undefined) return { memory, finding: undefined };
      const { nights } = memory;
      const limit = limitAfter(nights);
      if (nights.length < FEWEST || lowest <= limit) {
        const known = [...nights, lowest].slice(-NIGHTS);
        const finding = lowest <= limit ? { holds: false as const } : undefined;
        return { memory: { nights: known, last: day }, finding };
      }
      // a night with a leak is not what is usual
      return {
        memory: { nights, last: day },
        finding: {
          holds: true,
          value: litres(lowest),
          limit: litres(limit),
          unit: 'L/h',
          // half of it, as a register counts in steps
          loss: { rate: lowest - (limit - high), since: sinceAbove(limit - high / 2, at, facts) },
        },
      };
    },
  };
}

function lowestHour(at: Millis, { recent }: Facts): number | undefined {
  const rates: number[] = [];
  for (let end = at; end - HOUR >= at - NIGHT.hours * HOUR; end -= QUARTER) {
    const rate = rateOf(recent(end - HOUR, end), HOUR);
    if (rate !== undefined) rates.push(rate);
  }
  return rates.length < HOURS_KNOWN ? undefined : Math.min(...rates);
}

/** Since when no hour was below a flow, as far as that is known. */
function sinceAbove(flow: number, at: Millis, { recent }: Facts): Millis {
  let end = at - NIGHT.hours * HOUR + HOUR;
  for (; end - HOUR > at - KEPT; end -= QUARTER) {
    const rate = rateOf(recent(end - HOUR, end), HOUR);
    if (rate === undefined || rate <= flow) return Math.min(end, at - HOUR);
  }
  return end - HOUR;
}

const litres = (m3: number): number => Math.round(m3 * 1000);
