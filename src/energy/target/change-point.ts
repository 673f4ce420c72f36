/** Days of one mean: a straight piece of the running sum. */
export interface Segment {
  /** Place of its first value; it ends where the next begins. */
  from: number;
  mean: number;
}

/** A change is believed once it has lasted a week. */
const SHORTEST = 7;
/** Times σ² ln n for each change; 2 is the Schwarz criterion, more makes chance finds rare. */
const PENALTY = 3;

/**
 * Cuts values into segments of one mean by least squares with a penalty for each cut, exactly, by
 * dynamic programming (optimal partitioning; Jackson et al. 2005, IEEE Signal Processing Letters
 * 12(2)). σ² comes from the differences of neighbours, which a change of the mean hardly touches.
 */
export function segments(values: readonly number[]): Segment[] {
  const n = values.length;
  if (n < 2 * SHORTEST) return n === 0 ? [] : [{ from: 0, mean: meanOf(values, 0, n) }];
  const sums = runningSums(values);
  const squares = runningSums(values.map((value) => value * value));
  /** Sum of squared distances from the mean of the values from one place to another. */
  const costOf = (from: number, to: number): number => {
    const sum = (sums[to] ?? 0) - (sums[from] ?? 0);
    return Math.max(0, (squares[to] ?? 0) - (squares[from] ?? 0) - (sum * sum) / (to - from));
  };
  // where every value is the next one's equal, rounding must not cut
  const penalty = PENALTY * Math.log(n) * variance(values) + 1e-9 * (1 + (squares[n] ?? 0));
  const least = new Array<number>(n + 1).fill(Number.POSITIVE_INFINITY);
  const cut = new Array<number>(n + 1).fill(0);
  least[0] = -penalty;
  for (let to = SHORTEST; to <= n; to++) {
    for (let from = 0; from <= to - SHORTEST; from++) {
      const cost = (least[from] ?? 0) + costOf(from, to) + penalty;
      if (cost < (least[to] ?? 0)) {
        least[to] = cost;
        cut[to] = from;
      }
    }
  }
  const found: Segment[] = [];
  for (let to = n; to > 0; to = cut[to] ?? 0) {
    const from = cut[to] ?? 0;
    found.unshift({ from, mean: meanOf(values, from, to) });
  }
  return found;
}

const meanOf = (values: readonly number[], from: number, to: number): number =>
  values.slice(from, to).reduce((sum, value) => sum + value, 0) / (to - from);

/** Sums of the first 0, 1, 2 … values. */
function runningSums(values: readonly number[]): number[] {
  let sum = 0;
  return [
    0,
    ...values.map((value) => {
      sum += value;
      return sum;
    }),
  ];
}

/** Of the noise: half the mean square of the steps from each value to the next. */
function variance(values: readonly number[]): number {
  let sum = 0;
  for (let i = 1; i < values.length; i++) {
    sum += ((values[i] ?? 0) - (values[i - 1] ?? 0)) ** 2;
  }
  return sum / (2 * (values.length - 1));
}
