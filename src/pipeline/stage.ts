import type { Millis } from '../clock.ts';
import type { Timeliness } from './admission.ts';
import type { Sample, SeriesState } from './catalogue.ts';

/** A reading that is new: admitted, and written in the transaction under way. */
export interface Reading extends Sample {
  series: SeriesState;
  timeliness: Timeliness;
  /** The device's own time, even where it was not believed; undefined where it told none. */
  claimed: Millis | undefined;
  /** The newest sample of the series before this one. */
  previous: Sample | undefined;
}

/** A value that is no reading. */
export interface Refused {
  time: Millis;
  value: number;
  isRefused: true;
}

/**
 * A part that judges readings inside the ingest transaction. It may write to the database there,
 * but changes its memory only in `committed`.
 */
export interface Stage {
  take(reading: Reading): void;
  /** A fresh value of a series that can't be true; NaN where it is not even a number. */
  refuse?(series: SeriesState, observation: Refused, received: Millis): void;
  /** After the last reading, just before COMMIT: what was gathered can be written in one go. */
  seal?(): void;
  committed(): void;
  rolledBack(): void;
}
