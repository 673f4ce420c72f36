import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Kind, Verdict } from '../../alarms/rules/condition.ts';
import { nextCrossing, type Stretches, totalVerdict } from '../../alarms/rules/cumulative.ts';
import { windowEnd } from '../../campus/daily-windows.ts';
import type { CumulativeExcursionRule, ExcursionRule } from '../../campus/unit-rule.ts';
import type { Millis } from '../../clock.ts';
import { type Defrost, defrostRhythm, RHYTHM_MEMORY } from './rhythm.ts';

/** Excursions remembered at most: some days of doors at every meal. */
const MOST = 100;
/** The height is remembered in steps, K: what changes is written to the disk. */
const STEP = 0.5;

/** `excess`: how far beyond the limit it came, K. What lies before `counts` is explained. */
const OpenExcursion = Type.Object({
  from: Type.Number(),
  excess: Type.Number(),
  counts: Type.Number(),
  /** Of a defrost: further beyond the limit than this it is none. */
  most: Type.Union([Type.Number(), Type.Null()]),
});
const PastExcursion = Type.Object({
  from: Type.Number(),
  to: Type.Number(),
  excess: Type.Number(),
  counts: Type.Number(),
});
const Memory = Type.Object({
  open: Type.Union([OpenExcursion, Type.Null()]),
  past: Type.Array(PastExcursion),
});

type Open = Readonly<Type.Static<typeof OpenExcursion>>;
interface Excursions {
  open: Open | null;
  /** Oldest first. */
  past: readonly Readonly<Type.Static<typeof PastExcursion>>[];
}

type Limits = Pick<ExcursionRule, 'high' | 'low'>;

/** How far a value is beyond the limits, in K; 0 or less: it is in range. */
const excessOf = ({ high, low }: Limits, value: number): number =>
  Math.max(high === undefined ? -1 : value - high, low === undefined ? -1 : low - value);

const stepped = (excess: number): number => Math.ceil(excess / STEP) * STEP;

/** The limit a value is nearest to, or beyond. */
function limitOf({ high, low }: Limits, value: number): number | undefined {
  if (high === undefined || low === undefined) return high ?? low;
  return value > (high + low) / 2 ? high : low;
}

/**
 * What both kinds remember: when the unit was out of range, and how much of that is explained – by one
 * of its daily windows, or as a defrost of the rhythm that the last days have taught. A gap ends an
 * excursion; its memory changes only while the unit is out of range.
 */
function remembering(
  rule: Limits & Pick<ExcursionRule, 'excused' | 'windows'>,
  gap: Millis,
  keep = RHYTHM_MEMORY,
): Omit<Kind<Excursions>, 'at'> {
  const begun = (past: Excursions['past'], from: Millis, excess: number): Open => {
    const defrost = defrostRhythm(past, from);
    const window = windowEnd(rule.windows, from);
    const until = Math.max(from, window ?? from, from + (defrost?.lasts ?? 0));
    // a window explains any height
    const most = window === undefined && defrost ? defrost.excess : null;
    return { from, excess: stepped(excess), counts: Math.min(until, from + rule.excused), most };
  };
  return {
    begin: { open: null, past: [] },
    horizon: gap,
    parse: (json) => (Value.Check(Memory, json) ? json : undefined),
    see(memory, { time, value }, previous) {
      const { open, past } = memory;
      const excess = excessOf(rule, value);
      const isKnown = previous !== undefined && time - previous.time <= gap;
      if (!open) return excess > 0 ? { open: begun(past, time, excess), past } : memory;
      if (excess > 0 && isKnown) {
        if (excess <= open.excess) return memory;
        const height = stepped(excess);
        // higher than any defrost of the rhythm: then it is none
        const counts = open.most !== null && height > open.most ? open.from : open.counts;
        return { open: { ...open, excess: height, counts }, past };
      }
      const to = isKnown || !previous ? time : previous.time + gap;
      const ended = { from: open.from, to, excess: open.excess, counts: open.counts };
      const kept = [...past, ended].filter((one) => one.to > time - keep).slice(-MOST);
      return { open: excess > 0 ? begun(kept, time, excess) : null, past: kept };
    },
  };
}

/** A consecutive excursion: out of range and not explained. The delays are the rule's. */
export function excursion(rule: ExcursionRule, gap: Millis): Kind<Excursions> {
  return {
    ...remembering(rule, gap),
    at({ open }, { value }, time): Verdict {
      const limit = limitOf(rule, value);
      const isOver = excessOf(rule, value) <= -rule.deadBand;
      return { holds: open !== null && time >= open.counts, isOver, value, limit };
    },
    next: ({ open }, _last, time) => (open && time < open.counts ? open.counts : undefined),
  };
}

/**
 * Excursions in all: for `total` within `window`, in minutes. Neither what is explained counts nor an
 * excursion that is long enough to ring by itself: of that people know.
 */
export function cumulativeExcursion(rule: CumulativeExcursionRule, gap: Millis): Kind<Excursions> {
  const keep = Math.max(RHYTHM_MEMORY, rule.window);
  return {
    ...remembering(rule, gap, keep),
    at: (memory, _last, time) => totalVerdict(counted(memory, rule, time), rule, time),
    next(memory, _last, time) {
      const { open, past } = memory;
      if (!open && past.length === 0) return undefined;
      const crossing = nextCrossing(counted(memory, rule, time), rule, time);
      if (!open || time >= open.counts + rule.longest) return crossing;
      const change = time < open.counts ? open.counts : open.counts + rule.longest;
      return Math.min(change, crossing ?? change);
    },
  };
}

/** What is neither explained nor rings by itself. */
function counted(
  { open, past }: Excursions,
  { longest }: Pick<CumulativeExcursionRule, 'longest'>,
  time: Millis,
): Stretches {
  if (!open && past.length === 0) return NO_STRETCHES;
  const isOpen = open && open.counts <= time && time < open.counts + longest;
  const short = past.filter(({ counts, to }) => counts < to && to - counts < longest);
  return {
    open: isOpen ? open.counts : null,
    closed: short.map(({ counts, to }) => [counts, to]),
  };
}

const NO_STRETCHES: Stretches = { open: null, closed: [] };

/** Whether a defrost was due about then, as what a rule has stored of its excursions tells. */
export function isDefrostDue(stored: string, at: Millis): boolean {
  const before = pastOf(stored).filter(({ to }) => to < at);
  return defrostRhythm(before, at) !== undefined;
}

/** The defrost that a rule has last known one by; undefined: it has learned of none. */
export function defrostOf(stored: string): Defrost | undefined {
  const past = pastOf(stored);
  for (let i = past.length - 1; i > 0; i--) {
    const found = defrostRhythm(past.slice(0, i), past[i]?.from ?? 0);
    if (found) return found;
  }
  return undefined;
}

function pastOf(stored: string): Excursions['past'] {
  const memory: unknown = JSON.parse(stored);
  return Value.Check(Memory, memory) ? memory.past : [];
}
