/** How thorough a run is. */
export interface Effort {
  /** A short smoke run: says that the bench works, not how fast the gateway is. */
  quick: boolean;
  /** 50 million stored readings instead of 5 million. */
  full: boolean;
}

/** One line of the table. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** The same work done by something simpler, in this run, on this machine. */
  baseline?: { name: string; value: number };
  /** What it must reach; `ratio` is value / baseline. */
  goal?: { atLeast?: number; atMost?: number; ratioAtLeast?: number };
  /** More figures, for the JSON file. */
  details?: Readonly<Record<string, number>>;
}

/** Runs some part of the bench; `say` tells what is going on. */
export type Measurement = (effort: Effort, say: (text: string) => void) => Promise<Figure[]>;

export const ratioOf = ({ value, baseline }: Figure): number | undefined =>
  baseline && value / baseline.value;

/** undefined: there is no goal. */
export function isReached(figure: Figure): boolean | undefined {
  const { goal, value } = figure;
  if (!goal) return undefined;
  return (
    value >= (goal.atLeast ?? Number.NEGATIVE_INFINITY) &&
    value <= (goal.atMost ?? Number.POSITIVE_INFINITY) &&
    (ratioOf(figure) ?? 0) >= (goal.ratioAtLeast ?? Number.NEGATIVE_INFINITY)
  );
}
