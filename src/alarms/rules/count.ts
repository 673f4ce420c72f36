import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { CountRule } from '../../campus/rule.ts';
import type { Millis } from '../../clock.ts';
import type { Kind } from './condition.ts';

/** `onsets`: the newest `times` of them, oldest first. `isBeyond`: null before the first reading. */
const Memory = Type.Object({
  isBeyond: Type.Union([Type.Boolean(), Type.Null()]),
  onsets: Type.Array(Type.Number()),
});
interface CountMemory {
  isBeyond: boolean | null;
  onsets: readonly Millis[];
}

/**
 * Repeated count: it began `times` times within `window`. An onset is a reading beyond the limit (or
 * in the state) after one that was not; the first reading of all is none, as nothing is known before
 * it. A gap hides at most onsets and makes none. The value is the number of onsets, up to `times`.
 */
export function count(rule: CountRule): Kind<CountMemory> {
  const { times, window } = rule;
  /** The onset that makes it `times`, if there were so many. */
  const decisive = ({ onsets }: CountMemory): Millis | undefined => onsets[onsets.length - times];
  return {
    begin: { isBeyond: null, onsets: [] },
    horizon: 0,
    parse: (json) => (Value.Check(Memory, json) ? json : undefined),
    see(memory, { time, value }) {
      const isBeyond = memory.isBeyond ? !isBack(rule, value) : isOut(rule, value);
      if (isBeyond === memory.isBeyond) return memory;
      const isOnset = isBeyond && memory.isBeyond === false;
      const onsets = isOnset ? [...memory.onsets, time].slice(-times) : memory.onsets;
      return { isBeyond, onsets };
    },
    at(memory, _last, time) {
      const first = decisive(memory);
      const holds = first !== undefined && first > time - window;
      const value = memory.onsets.filter((onset) => onset > time - window).length;
      return { holds, isOver: !holds, value, limit: times };
    },
    next(memory, _last, time) {
      const first = decisive(memory);
      return first !== undefined && first > time - window ? first + window : undefined;
    },
  };
}

type Limits = Pick<CountRule, 'is' | 'high' | 'low'>;

/** Beyond a limit, or in the state that counts. */
export const isOut = ({ is, high, low }: Limits, value: number): boolean =>
  is === undefined
    ? (high !== undefined && value > high) || (low !== undefined && value < low)
    : value === Number(is);

const isBack = (rule: CountRule, value: number): boolean => {
  const { is, high, low, deadBand } = rule;
  if (is !== undefined) return value !== Number(is);
  return (
    (high === undefined || value <= high - deadBand) &&
    (low === undefined || value >= low + deadBand)
  );
};
