/** A day's course of a rate, made of straight lines between knots. */
export interface Curve {
  /** The rate at an hour of the day, 0–24. */
  at(hour: number): number;
  /** What has run up since midnight: the rate's integral. */
  upTo(hour: number): number;
}

/** `'0:00 1, 6:30 4, 24:00 1'`: the rate at times in order, the first 0:00 and the last 24:00. */
export function curve(text: string): Curve {
  const knots = text.split(',').map(readKnot);
  const pieces = knots.slice(1).map(([end, high], i) => {
    const [start, low] = knots[i] ?? [0, 0];
    return { start, end, low, slope: (high - low) / (end - start), before: 0 };
  });
  let sum = 0;
  for (const piece of pieces) {
    piece.before = sum;
    const length = piece.end - piece.start;
    sum += length * (piece.low + (piece.slope * length) / 2);
  }
  const pieceAt = (hour: number) => {
    const piece = pieces.find(({ end }) => hour < end) ?? pieces.at(-1);
    if (!piece) throw new Error('a curve needs two knots');
    return piece;
  };
  return {
    at(hour) {
      const { start, low, slope } = pieceAt(hour);
      return low + slope * (hour - start);
    },
    upTo(hour) {
      const { start, low, slope, before } = pieceAt(hour);
      const length = hour - start;
      return before + length * (low + (slope * length) / 2);
    },
  };
}

function readKnot(text: string): [hour: number, rate: number] {
  const match = /^\s*(\d+):(\d\d) ([\d.]+)\s*$/.exec(text);
  if (!match) throw new Error(`not a time and a rate: ${text}`);
  return [Number(match[1]) + Number(match[2]) / 60, Number(match[3])];
}

/** The same rate all day. */
export const flat = (rate: number): Curve => curve(`0:00 ${rate}, 24:00 ${rate}`);
