/** The value below which `share` of the sorted values lie. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

const STEP = 0.01;
const LONGEST = 10_000;

/** Counts durations (ms) in steps of 10 µs: millions of them in constant memory. */
export class Histogram {
  readonly #counts = new Uint32Array(LONGEST / STEP + 1);
  #count = 0;

  add(duration: number): void {
    const place = Math.min(this.#counts.length - 1, Math.max(0, Math.round(duration / STEP)));
    this.#counts[place] = (this.#counts[place] ?? 0) + 1;
    this.#count += 1;
  }

  percentile(share: number): number {
    let left = this.#count * share;
    for (const [place, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0 && count > 0) return place * STEP;
    }
    return Number.NaN;
  }
}
