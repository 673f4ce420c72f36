import { MAX_REMEMBERED, type RateRule } from '../../campus/rule.ts';
import { type Kind, tidy } from './condition.ts';
import { addExtreme, type Extreme } from './extremes.ts';

interface RateMemory {
  lows: readonly Extreme[];
  highs: readonly Extreme[];
}

/**
 * Rate of change: the newest value is more than `rise` above (or `fall` below) another one that was
 * measured no longer than `window` before it. It compares measured values only, so a gap between
 * them adds nothing. The value is the change, signed. A device that reports so often that more than
 * MAX_REMEMBERED values matter is judged by a shorter window.
 */
export function rate({ rise, fall, window }: RateRule): Kind<RateMemory> {
  return {
    begin: { lows: [], highs: [] },
    horizon: window,
    see({ lows, highs }, observation) {
      const within = (extremes: Extreme[]) =>
        extremes.filter(({ time }) => time >= observation.time - window).slice(-MAX_REMEMBERED);
      return {
        lows: rise === undefined ? lows : within(addExtreme(lows, observation, 1)),
        highs: fall === undefined ? highs : within(addExtreme(highs, observation, -1)),
      };
    },
    at({ lows, highs }, { value }) {
      const rose = tidy(value - (lows[0]?.value ?? value));
      const fell = tidy((highs[0]?.value ?? value) - value);
      const verdict = (change: number, limit: number | undefined, holds: boolean) => {
        return { holds, isOver: !holds, value: change, limit };
      };
      if (rise !== undefined && rose > rise) return verdict(rose, rise, true);
      if (fall !== undefined && fell > fall) return verdict(-fell, -fall, true);
      return rose >= fell ? verdict(rose, rise, false) : verdict(-fell, fall && -fall, false);
    },
  };
}
