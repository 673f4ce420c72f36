import type { Campus } from '../../campus/model.ts';
import type { Meter } from '../meter.ts';
import type { Utility } from '../utility.ts';

/** What the reader needs to work out a campus's target; a message between threads. */
export interface TargetBasics {
  campus: Pick<Campus, 'id' | 'timezone' | 'calendar' | 'energy'>;
  utility: Utility;
  /** The change to be reached in %: −5. */
  goal: number;
  /** The meters whose sum is what the campus uses. */
  mains: readonly { id: number; name: string; meter: Meter }[];
}

/** How a period stands. Days are YYYY-MM-DD in the campus's time, both included. */
export interface TargetQuery extends TargetBasics {
  from: string;
  to: string;
  today: string;
  /** The series of the outdoor temperature. */
  temperature: number | undefined;
}

/** Which figures of a year have changed since they were reported. */
export interface FiguresQuery extends TargetBasics {
  /** The last day that is reported. */
  through: string;
}
