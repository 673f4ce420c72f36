import { addDays } from '../../src/campus/school-days.ts';
import { GOOD_NAMES, type GoodName, goodOf } from './goods.ts';

/** A batch in the store; quantities are tenths of its unit, so that sums are exact. */
export interface Lying {
  batch: string;
  /** The last day of its shelf life. */
  expires: string;
  left: number;
}

/** A part of a batch that is taken out. */
export interface Portion {
  batch: string;
  tenths: number;
}

/** What lies in the store, the oldest first. */
export class Pantry {
  readonly #lying = new Map<GoodName, Lying[]>(GOOD_NAMES.map((name) => [name, []]));

  /** What is there and can still be used on a day. */
  usable(good: GoodName, day: string): number {
    return this.#of(good).reduce((sum, { expires, left }) => (expires < day ? sum : sum + left), 0);
  }

  /** Puts in a delivery of a day. */
  put(good: GoodName, batch: string, day: string, tenths: number): Lying {
    const { shelfLife } = goodOf(good);
    // it has lain at the supplier's for a while
    const expires = addDays(day, shelfLife - 1 - Math.floor(shelfLife / 15));
    const lying = { batch, expires, left: tenths };
    this.#of(good).push(lying);
    return lying;
  }

  /** First in, first out; less than was wanted where there is no more. */
  take(good: GoodName, day: string, tenths: number): Portion[] {
    const portions: Portion[] = [];
    let wanted = tenths;
    for (const lying of this.#of(good)) {
      const taken = lying.expires < day ? 0 : Math.min(wanted, lying.left);
      if (taken === 0) continue;
      lying.left -= taken;
      wanted -= taken;
      portions.push({ batch: lying.batch, tenths: taken });
    }
    this.#tidy(good);
    return portions;
  }

  /** Takes out what must not be used after a day. */
  takeEnding(day: string): Portion[] {
    return GOOD_NAMES.flatMap((good) => {
      const ending = this.#of(good).filter(({ expires }) => expires <= day);
      const portions = ending.map(({ batch, left }) => ({ batch, tenths: left }));
      for (const lying of ending) lying.left = 0;
      this.#tidy(good);
      return portions;
    });
  }

  #of(good: GoodName): Lying[] {
    return this.#lying.get(good) ?? [];
  }

  #tidy(good: GoodName): void {
    this.#lying.set(
      good,
      this.#of(good).filter(({ left }) => left > 0),
    );
  }
}
