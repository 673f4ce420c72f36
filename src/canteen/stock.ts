import type { Millis } from '../clock.ts';

/** Where something lies that was not put anywhere yet. */
export const UNPLACED = '';

/** What came in. Quantities are whole thousandths, so that sums are exact. */
export interface Receipt {
  time: Millis;
  quantity: number;
  place: string;
}

export interface Movement {
  id: string;
  time: Millis;
  kind: 'moved' | 'used' | 'thrown';
  quantity: number;
  /** Else from wherever it lies, what came there first goes first. */
  origin: string | undefined;
  /** Only of what is moved. */
  destination: string | undefined;
}

/** A time in which some of a batch lay in a place. */
export interface Stay {
  place: string;
  since: Millis;
  /** undefined: it still lies there. */
  until: Millis | undefined;
}

export interface Stock {
  /** What lies where; nothing is not listed. */
  places: ReadonlyMap<string, number>;
  stays: readonly Stay[];
  used: number;
  thrown: number;
  /** in − used − thrown; undefined for a batch nobody received. */
  left: number | undefined;
  /** The first movement that took more than there was, and what there was. */
  short: { movement: string; there: number } | undefined;
}

/**
 * Where a batch lies after its movements, in the order of their times: an entry that reaches us late
 * falls into its place. A batch that was never received has no stock, only what was used of it.
 */
export function stockOf(receipt: Receipt | undefined, movements: readonly Movement[]): Stock {
  const places = new Map<string, number>();
  const stays: { place: string; since: Millis; until: Millis | undefined }[] = [];
  const sums = { moved: 0, used: 0, thrown: 0 };
  const add = (place: string, quantity: number, time: Millis) => {
    const there = places.get(place) ?? 0;
    if (there === 0 && place !== UNPLACED) stays.push({ place, since: time, until: undefined });
    places.set(place, there + quantity);
  };
  const take = (place: string, quantity: number, time: Millis) => {
    const there = (places.get(place) ?? 0) - quantity;
    if (there > 0) {
      places.set(place, there);
      return;
    }
    places.delete(place);
    const stay = stays.findLast((one) => one.place === place && one.until === undefined);
    if (stay) stay.until = time;
  };
  let short: Stock['short'];
  if (receipt) add(receipt.place, receipt.quantity, receipt.time);
  for (const { id, time, kind, quantity, origin, destination } of inOrder(movements)) {
    sums[kind] += quantity;
    if (!receipt) continue;
    const from = origin === undefined ? [...places.keys()] : [origin];
    const sources = from.filter((place) => place !== destination);
    const there = sources.reduce((sum, place) => sum + (places.get(place) ?? 0), 0);
    if (there < quantity) {
      short ??= { movement: id, there };
      continue;
    }
    let wanted = quantity;
    // what left before it came: two phones disagree about the time
    const at = Math.max(time, receipt.time);
    for (const place of sources) {
      const taken = Math.min(wanted, places.get(place) ?? 0);
      if (taken > 0) take(place, taken, at);
      wanted -= taken;
    }
    if (destination !== undefined) add(destination, quantity, at);
  }
  const left = receipt && receipt.quantity - sums.used - sums.thrown;
  return { places, stays, used: sums.used, thrown: sums.thrown, left, short };
}

/** The sort is stable: of one time, what was written first comes first. */
const inOrder = (movements: readonly Movement[]): Movement[] =>
  movements.toSorted((a, b) => a.time - b.time);
