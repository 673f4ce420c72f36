import type { Campus } from '../../src/campus/model.ts';
import { addDays, dayType, localMoment, momentOf } from '../../src/campus/school-days.ts';
import { PAPER_NAMES, type PaperKind } from '../../src/canteen/papers.ts';
import type { Meal } from '../../src/canteen/records.ts';
import type { Millis } from '../../src/clock.ts';
import { type Noise, noise } from '../physics/noise.ts';
import type { Deed } from './deeds.ts';
import { GOOD_NAMES, type Good, type GoodName, goodOf, SOURCES } from './goods.ts';
import { type MenuDish, menuOf } from './menu.ts';
import { Pantry, type Portion } from './pantry.ts';
import { hashOf, paper } from './paper.ts';
import { BUYER, renewals, suppliers } from './suppliers.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const COOK = '周大勇';
const TASTER = '吴敏';

/** When a meal is cooked and its samples are taken; who eats of it, and how many. */
const MEALS = {
  breakfast: { cooked: '05:40', sampled: '06:45', classes: ['住宿生'], eaters: 214 },
  lunch: { cooked: '09:20', sampled: '11:15', classes: [], eaters: 618 },
  dinner: { cooked: '15:40', sampled: '17:10', classes: ['住宿生'], eaters: 208 },
} as const;
const MEAL_NAMES: readonly Meal[] = ['breakfast', 'lunch', 'dinner'];

/** The usual omissions: how often, of a hundred. */
const UNSIGNED = 0.8;
const WITHOUT_PAPER = 1.5;
const SAMPLE_FORGOTTEN = 0.3;
const SAMPLE_TOO_SMALL = 0.4;
const SAMPLE_DESTROYED_EARLY = 0.15;
/** Once in so many school days something is bought at the market and used without being received. */
const MARKET = 31;

/**
 * A canteen's deliveries, meals and samples from the day of a moment on, for ever, in order of time;
 * with the usual omissions. The same seed and beginning give the same.
 * @param begun when the demonstration began: some of it is told as so long ago
 */
export function* canteenDeeds(
  campus: Campus,
  seed: number,
  from: Millis,
  begun: Millis,
): Generator<Deed> {
  const kitchen = new Kitchen(campus, seed);
  const dayOf = (time: Millis) => localMoment(time, campus.timezone).day;
  const first = dayOf(from);
  const morning = (day: string) => momentOf(day, '04:00', campus.timezone);
  yield* suppliers(morning(first), dayOf(begun));
  for (let day = first; ; day = addDays(day, 1)) {
    yield* renewals(day, morning(day), dayOf(begun));
    yield* kitchen.deedsOf(day).sort((a, b) => a.time - b.time);
  }
}

class Kitchen {
  readonly #campus: Campus;
  readonly #seed: number;
  readonly #pantry = new Pantry();
  /** Samples and late papers that are due, by day. */
  readonly #due = new Map<string, Deed[]>();
  #schoolDays = 0;

  constructor(campus: Campus, seed: number) {
    this.#campus = campus;
    this.#seed = seed;
  }

  deedsOf(day: string): Deed[] {
    const deeds = this.#due.get(day) ?? [];
    this.#due.delete(day);
    if (dayType(this.#campus.calendar, day) === 'school') {
      const number = this.#schoolDays++;
      deeds.push(...this.#deliveries(day, number));
      for (const meal of MEAL_NAMES) deeds.push(...this.#meal(day, number, meal));
    }
    const thrown = this.#pantry.takeEnding(day);
    thrown.forEach(({ batch, tenths }, i) => {
      deeds.push({
        kind: 'throw',
        id: `${day}-thrown-${i + 1}`,
        time: this.#at(day, '19:30') + i * MINUTE,
        person: BUYER,
        reason: '保质期到期，未用完',
        body: { batch, quantity: tenths / 10 },
      });
    });
    return deeds;
  }

  /** What would not last the day is delivered before it begins. */
  #deliveries(day: string, number: number): Deed[] {
    const wanted = GOOD_NAMES.filter(
      (good) => this.#pantry.usable(good, day) < this.#needed(good, number, 1),
    );
    return wanted.flatMap((good, i) => {
      const { lasts } = goodOf(good);
      const missing = this.#needed(good, number, lasts) - this.#pantry.usable(good, day);
      const tenths = Math.ceil((missing * 1.06) / 50) * 50;
      return this.#delivery(day, good, tenths, this.#at(day, '05:02') + i * 2 * MINUTE);
    });
  }

  #delivery(day: string, name: GoodName, tenths: number, time: Millis): Deed[] {
    const good = goodOf(name);
    const batch = `${day}-${name}`;
    const chance = noise(this.#seed, batch, 'delivery');
    const { expires } = this.#pantry.put(name, batch, day, tenths);
    const papers = good.papers.map((kind) => this.#paper(day, good, kind));
    const forgotten = isOne(chance(1), WITHOUT_PAPER) ? papers.shift() : undefined;
    if (forgotten && chance(2) < 0.5) {
      this.#plan(addDays(day, 2), {
        kind: 'paper',
        id: `${batch}-late`,
        time: this.#at(addDays(day, 2), '10:20'),
        person: BUYER,
        files: [forgotten.scan],
        batch,
        body: forgotten.body,
      });
    }
    const { product, specification, category, unit, supplier, place } = good;
    const produced = addDays(expires, 1 - good.shelfLife);
    return [
      {
        kind: 'receive',
        id: batch,
        time,
        person: BUYER,
        files: papers.map(({ scan }) => scan),
        body: {
          ...{ product, specification, category, unit, supplier, place },
          quantity: tenths / 10,
          produced,
          expires,
          lot: `${produced.replaceAll('-', '')}${name.slice(0, 2).toUpperCase()}`,
          ...temperatureOf(good, chance),
          sensory: { ok: true },
          ...(isOne(chance(4), UNSIGNED) ? {} : { signedBy: BUYER }),
          papers: papers.map(({ body }) => body),
        },
      },
    ];
  }

  /** One paper for all that a supplier brings on a day. */
  #paper(day: string, { supplier }: Good, kind: PaperKind) {
    const number = `${day.replaceAll('-', '')}-${supplier.slice(0, 3).toUpperCase()}`;
    const { zh } = PAPER_NAMES[kind];
    const scan = paper([
      `${zh}（示例）`,
      SOURCES[supplier]?.name ?? supplier,
      `编号 ${number}`,
      day,
    ]);
    return { scan, body: { kind, file: hashOf(scan), number } };
  }

  #meal(day: string, number: number, meal: Meal): Deed[] {
    const { cooked, classes } = MEALS[meal];
    const deeds = menuOf(number)[meal].flatMap((dish, i): Deed[] => {
      const id = `${day}-${meal}-${i + 1}`;
      const time = this.#at(day, cooked) + i * 6 * MINUTE;
      return [
        {
          kind: 'serve',
          id,
          time,
          person: COOK,
          body: { day, meal, name: dish.name, classes: [...classes] },
        },
        ...this.#uses(day, number, meal, dish, id, time),
        ...this.#sample(day, meal, id, i),
      ];
    });
    if (meal === 'lunch' && number % MARKET === MARKET - 1) {
      deeds.push({
        kind: 'use',
        id: `${day}-market-used`,
        time: this.#at(day, '10:30'),
        person: COOK,
        body: {
          ...{ batch: `${day}-market`, product: '香菜（市场零购）', unit: 'kg', quantity: 1.5 },
          dish: `${day}-lunch-3`,
        },
      });
    }
    return deeds;
  }

  #uses(
    day: string,
    number: number,
    meal: Meal,
    { of }: MenuDish,
    dish: string,
    time: Millis,
  ): Deed[] {
    return GOOD_NAMES.flatMap((good) => {
      const portions = this.#pantry.take(good, day, tenthsFor(of[good], eaters(meal, number)));
      return portions.flatMap((portion, i): Deed[] => {
        const id = `${dish}-${good}${i === 0 ? '' : `-${i + 1}`}`;
        const { batch, tenths } = portion;
        const thawed = goodOf(good).place.startsWith('canteen-freezer');
        const from = thawed ? 'canteen-fridge-1' : undefined;
        return [
          ...(thawed ? [thaw(id, portion, time - 3 * HOUR)] : []),
          {
            kind: 'use',
            id,
            time: time + (i + 1) * MINUTE,
            person: COOK,
            body: { batch, dish, quantity: tenths / 10, ...(from ? { from } : {}) },
          },
        ];
      });
    });
  }

  #sample(day: string, meal: Meal, dish: string, i: number): Deed[] {
    const chance = noise(this.#seed, dish, 'sample');
    if (isOne(chance(0), SAMPLE_FORGOTTEN)) return [];
    const isSmall = isOne(chance(1), SAMPLE_TOO_SMALL);
    const grams = isSmall ? 90 + Math.floor(30 * chance(2)) : 126 + Math.floor(40 * chance(2));
    const id = `${dish}-sample`;
    const time = this.#at(day, MEALS[meal].sampled) + i * 2 * MINUTE;
    const isEarly = isOne(chance(3), SAMPLE_DESTROYED_EARLY);
    // 48 h are over on the second day after; that morning or the next
    const until = addDays(day, isEarly ? 1 : 3);
    if (!isSmall) {
      this.#plan(until, {
        kind: 'dispose',
        id: `${id}-gone`,
        time: this.#at(until, '08:10') + i * MINUTE,
        person: TASTER,
        ...(isEarly ? { reason: '清洁留样柜时误倒' } : {}),
        sample: id,
      });
    }
    const body = { dish, grams, place: 'canteen-sample-fridge' };
    return [{ kind: 'sample', id, time, person: TASTER, body }];
  }

  /** Tenths of a good that the menus of some school days need, as far as it keeps. */
  #needed(good: GoodName, number: number, days: number): number {
    let tenths = 0;
    for (let i = number; i < number + days; i++) {
      const menu = menuOf(i);
      for (const meal of MEAL_NAMES) {
        for (const { of } of menu[meal]) tenths += tenthsFor(of[good], eaters(meal, i));
      }
    }
    return tenths;
  }

  #plan(day: string, deed: Deed): void {
    this.#due.set(day, [...(this.#due.get(day) ?? []), deed]);
  }

  #at(day: string, time: string): Millis {
    return momentOf(day, time, this.#campus.timezone);
  }
}

const isOne = (chance: number, ofHundred: number): boolean => chance * 100 < ofHundred;

const eaters = (meal: Meal, number: number): number => MEALS[meal].eaters - ((number * 7) % 13);

const tenthsFor = (perHundred: number | undefined, count: number): number =>
  Math.round(((perHundred ?? 0) * count) / 10);

function temperatureOf({ temperature }: Good, chance: Noise): { temperature?: number } {
  if (!temperature) return {};
  const [low, high] = temperature;
  return { temperature: Math.round(10 * (low + (high - low) * chance(3))) / 10 };
}

/** What is frozen is put into the fridge before it is cooked. */
const thaw = (use: string, { batch, tenths }: Portion, time: Millis): Deed => ({
  kind: 'move',
  id: `${use}-thaw`,
  time,
  person: COOK,
  body: { batch, quantity: tenths / 10, to: 'canteen-fridge-1' },
});
