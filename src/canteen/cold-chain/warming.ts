import type { Kind } from '../../alarms/rules/condition.ts';
import type { Observation } from '../../alarms/rules/phases.ts';
import type { WarmingRule } from '../../campus/unit-rule.ts';
import type { Millis } from '../../clock.ts';

const DAY: Millis = 86_400_000;
/** What of the whole rise its newest part must be: behind an open door it comes to an end. */
const STILL = 0.25;

interface Rise {
  /** Where it began, and how high it has come. */
  low: Observation;
  high: number;
  /** The newest marks, half of `after` apart from each other. */
  before: Observation;
  mark: Observation;
}

/**
 * Cooling that has failed: for `after` it has risen, by `rise` in all, rises still, and has never
 * fallen back by more than `tolerance` – a compressor that works makes a saw-tooth, a defrost ends in
 * a fall. Judged by readings; a gap between them begins it anew. It lasts until the first fall.
 */
export function warming(
  { rise, after, tolerance }: WarmingRule,
  gap: Millis,
): Kind<Rise | undefined> {
  return {
    begin: undefined,
    horizon: DAY,
    see(memory, observation, previous) {
      const { time, value } = observation;
      const isNew = !memory || !previous || time - previous.time > gap;
      // the lowest point, or a fall: it rises from here, if it does
      if (isNew || value <= memory.low.value || value < memory.high - tolerance) {
        return { low: observation, high: value, before: observation, mark: observation };
      }
      const isMark = time - memory.mark.time >= after / 2;
      if (value <= memory.high && !isMark) return memory;
      const high = Math.max(value, memory.high);
      if (isMark) return { low: memory.low, high, before: memory.mark, mark: observation };
      return { ...memory, high };
    },
    isPast: (older, newest) => older.value > newest.value + tolerance,
    at(memory, { time, value }) {
      if (!memory) return { holds: false, isOver: true, value, limit: undefined };
      const { low, high, before } = memory;
      const risen = high - low.value;
      const isLong = risen >= rise && time - low.time >= after;
      const isRising = value - before.value >= STILL * risen;
      return { holds: isLong && isRising, isOver: !isLong, value, limit: undefined };
    },
  };
}
