/** met: at or below the goal; insufficient: too little is known to say (数据不足). */
export const VERDICTS = ['met', 'missed', 'insufficient'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Below this part of the time known on either side there is no verdict. */
export const LEAST_COVERAGE = 0.9;

/** A change that misses the goal by less than this is the rounding of sums. */
const ROUNDING = 1e-9;

/** What was used, beside what it is compared with. Amounts in the utility's unit. */
export interface Comparison {
  actual: number;
  baseline: number;
  /** In %; undefined where the baseline is not above 0. */
  change: number | undefined;
  /** The part of the time that is known, 0–1. */
  coverage: { actual: number; baseline: number };
}

/** (actual − baseline) / baseline in %. */
export const changeOf = (actual: number, baseline: number): number | undefined =>
  baseline > 0 ? (100 * (actual - baseline)) / baseline : undefined;

/** `goal` is the change to be reached in %: −5. */
export function judge(
  { change, coverage }: Pick<Comparison, 'change' | 'coverage'>,
  goal: number,
): Verdict {
  const isKnown = Math.min(coverage.actual, coverage.baseline) >= LEAST_COVERAGE - ROUNDING;
  if (!isKnown || change === undefined) return 'insufficient';
  return change <= goal + ROUNDING ? 'met' : 'missed';
}

/** Several targets of which each must be met. */
export function judgeAll(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('missed')) return 'missed';
  return verdicts.length === 0 || verdicts.includes('insufficient') ? 'insufficient' : 'met';
}
