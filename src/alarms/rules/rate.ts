import { MAX_REMEMBERED, type RateRule } from '../../campus/rule.ts';
import { type Kind, tidy, type Verdict } from './condition.ts';
import { addExtreme, type Extreme } from './extremes.ts';

export interface RateMemory {
  lows: readonly Extreme[];
  highs: readonly Extreme[];
}

/**
 * Rate of change: the newest value is more than `rise` above (or `fall` below) another one that was
 * measured no longer than `window` before it. It compares measured values only, so a gap between
 * them adds nothing. The value is the change, signed. A device that reports so often that more than
 * MAX_REMEMBERED values matter is judged by a shorter window.
 */
export function rate({
  rise,
  fall,
  window,
}: Pick<RateRule, 'rise' | 'fall' | 'window'>): Kind<RateMemory> {
  return {
    begin: { lows: [], highs: [] },
    horizon: window,
    see({ lows, highs }, observation) {
      const since = observation.time - window;
      return {
        lows: rise === undefined ? lows : bounded(addExtreme(lows, observation, 1, since)),
        highs: fall === undefined ? highs : bounded(addExtreme(highs, observation, -1, since)),
      };
    },
    at({ lows, highs }, { value }) {
      const rose = tidy(value - (lows[0]?.value ?? value));
      const fell = tidy((highs[0]?.value ?? value) - value);
      if (rise !== undefined && rose > rise) return beyond(rose, rise);
      if (fall !== undefined && fell > fall) return beyond(-fell, -fall);
      return rose >= fell ? within(rose, rise) : within(-fell, fall && -fall);
    },
  };
}

const bounded = (extremes: readonly Extreme[]) =>
  extremes.length > MAX_REMEMBERED ? extremes.slice(-MAX_REMEMBERED) : extremes;

const beyond = (value: number, limit: number): Verdict => {
  return { holds: true, isOver: false, value, limit };
};

const within = (value: number, limit: number | undefined): Verdict => {
  return { holds: false, isOver: true, value, limit };
};
