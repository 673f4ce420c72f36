import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { type CumulativeRule, MAX_REMEMBERED } from '../../campus/rule.ts';
import type { Millis } from '../../clock.ts';
import type { Kind, Verdict } from './condition.ts';
import { isOut } from './count.ts';

/** Stretches beyond the limit, from and to, oldest first; `open`: the start of one under way. */
const Memory = Type.Object({
  open: Type.Union([Type.Number(), Type.Null()]),
  closed: Type.Array(Type.Tuple([Type.Number(), Type.Number()])),
});
type Stretch = readonly [from: Millis, to: Millis];
export interface Stretches {
  open: Millis | null;
  closed: readonly Stretch[];
}

const MINUTE = 60_000;

/**
 * Cumulative time: beyond the limit (or in the state) for `total` in all within `window`. A value
 * holds until the next one, but no longer than `gap`; what is unknown adds nothing. The value and the
 * limit are in minutes.
 */
export function cumulative(rule: CumulativeRule, gap: Millis): Kind<Stretches> {
  const { window } = rule;
  return {
    begin: { open: null, closed: [] },
    horizon: gap,
    parse: (json) => (Value.Check(Memory, json) ? json : undefined),
    see(memory, { time, value }, previous) {
      const isBeyond = isOut(rule, value);
      const isKnown = previous !== undefined && time - previous.time <= gap;
      if (memory.open === null) return isBeyond ? { ...memory, open: time } : memory;
      if (isBeyond && isKnown) return memory;
      const end = isKnown || !previous ? time : previous.time + gap;
      // a stretch of which nothing more was seen ends where it began
      const stretch: Stretch = [memory.open, previous ? end : memory.open];
      const closed = [...memory.closed, stretch].filter(([, to]) => to > time - window);
      return { open: isBeyond ? time : null, closed: closed.slice(-MAX_REMEMBERED) };
    },
    at: (memory, _last, time) => totalVerdict(memory, rule, time),
    next: (memory, _last, time) => nextCrossing(memory, rule, time),
  };
}

interface Total {
  total: Millis;
  window: Millis;
}

function sum({ open, closed }: Stretches, window: Millis, time: Millis): Millis {
  if (open === null && closed.length === 0) return 0;
  const within = (from: Millis, to: Millis) => Math.max(0, to - Math.max(from, time - window));
  const before = closed.reduce((ms, [from, to]) => ms + within(from, to), 0);
  return open === null ? before : before + within(open, time);
}

/** Whether the stretches within the window reach the total; in minutes. */
export function totalVerdict(
  stretches: Stretches,
  { total, window }: Total,
  time: Millis,
): Verdict {
  const ms = sum(stretches, window, time);
  const holds = ms >= total;
  const minutes = Math.round((ms / MINUTE) * 10) / 10;
  return { holds, isOver: !holds, value: minutes, limit: total / MINUTE };
}

/** When the verdict changes by time alone. */
export function nextCrossing(
  stretches: Stretches,
  { total, window }: Total,
  time: Millis,
): Millis | undefined {
  let ms = sum(stretches, window, time);
  let from = time;
  // grows while a stretch is open, and shrinks while the window's tail crosses one
  let slope = stretches.open === null ? 0 : 1;
  const holds = ms >= total;
  const crossing = (until: Millis): Millis | undefined => {
    if (slope !== (holds ? -1 : 1)) return undefined;
    const at = holds ? from + (ms - total) + 1 : from + (total - ms);
    return at <= until ? at : undefined;
  };
  for (const [edge, bend] of tailEdges(stretches, window)) {
    if (edge > from) {
      const at = crossing(edge);
      if (at !== undefined) return at;
      ms += slope * (edge - from);
      from = edge;
    }
    slope += bend;
  }
  return crossing(Number.POSITIVE_INFINITY);
}

/** When the window's tail enters and leaves each stretch, and what that does to the slope. */
function* tailEdges({ open, closed }: Stretches, window: Millis) {
  for (const [start, end] of closed) {
    yield [start + window, -1] as const;
    yield [end + window, 1] as const;
  }
  if (open !== null) yield [open + window, -1] as const;
}
