import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Fold } from '../../src/energy/fold.ts';
import type { Epoch, Meter } from '../../src/energy/meter.ts';
import { registerMeter, total } from './support.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-11-23T00:00:00Z');
const MODULUS = 1_000_000;
/** kW: what the generated use never exceeds. */
const CAPACITY = 200;

interface Period {
  minutes: number;
  /** Part of the capacity that was used. */
  load: number;
  /** What befalls the reading at its end. */
  fault: 'none' | 'zero' | 'dip' | 'spike' | 'possible spike' | 'jitter' | 'lost';
  size: number;
  /** What happens before the period. */
  event: 'none' | 'replaced' | 'declared' | 'ratio';
}

const periods = fc.array(
  fc.record({
    minutes: fc.constantFrom(1, 15, 15, 15, 60, 400),
    load: fc.oneof(fc.constant(0), fc.double({ min: 0.02, max: 0.9, noNaN: true })),
    fault: fc.oneof(
      { weight: 3, arbitrary: fc.constant('none' as const) },
      {
        weight: 2,
        arbitrary: fc.constantFrom('zero', 'dip', 'spike', 'possible spike', 'jitter', 'lost'),
      },
    ),
    size: fc.double({ min: 0.05, max: 0.6, noNaN: true }),
    event: fc.oneof(
      { weight: 9, arbitrary: fc.constant('none' as const) },
      { weight: 1, arbitrary: fc.constantFrom('replaced', 'declared', 'ratio') },
    ),
  }) satisfies fc.Arbitrary<Period>,
  { minLength: 2, maxLength: 60 },
);

/** Readings as a faulty meter gives them, and what was really used. Registers in hundredths. */
class Truth {
  readonly readings: [time: number, value: number][] = [];
  readonly epochs: Epoch[];
  used = 0;
  #time = START;
  #register: number;
  #ratio = 1;
  /** Undisturbed readings since the last fault or event. */
  #calm = 0;
  #shown: number;

  constructor(first: number) {
    this.#register = first;
    this.#shown = first;
    this.epochs = [{ from: Number.NEGATIVE_INFINITY, multiplier: 1, moduli: [MODULUS] }];
    this.#show(first);
  }

  live({ minutes, load, fault, size, event }: Period): void {
    // a meter that breaks twice within a few readings could be read in more than one way
    const mayHappen = this.#calm >= 6;
    // near its end a register that begins at 0 again has gone over, and near its beginning it has
    // dipped, unless somebody declares the replacement
    const isPlain = this.#register > 0.1 * MODULUS * 100 && this.#register < 0.89 * MODULUS * 100;
    const happens = mayHappen && event !== 'none' && (event !== 'replaced' || isPlain);
    if (happens) this.#change(event);
    this.#time += minutes * MINUTE;
    // a new meter shows that it runs
    const isYoung = this.#calm < 3;
    const most = (CAPACITY / this.#ratio) * (minutes / 60) * 100;
    const use = Math.floor(most * (isYoung ? Math.max(load, 0.05) : load));
    this.#register = (this.#register + use) % (MODULUS * 100);
    this.used += (use * this.#ratio) / 100;
    const isShown = fault !== 'possible spike' || this.#ratio === 1;
    const isFaulty = this.#calm >= 6 && !happens && fault !== 'none' && isShown;
    // one a little too high is told from the others only when the register is beyond it
    const until = fault === 'possible spike' ? 0 : 5;
    this.#calm = isFaulty ? until : this.#calm + 1;
    if (!isFaulty) this.#show(this.#register);
    else if (fault !== 'lost') this.#show(this.#spoiled(fault, size));
  }

  #spoiled(fault: Period['fault'], size: number): number {
    const register = this.#register;
    if (fault === 'zero') return 0;
    if (fault === 'dip') return Math.floor(register * (1 - size));
    if (fault === 'spike') return register + 10_000_000;
    if (fault === 'possible spike') return register + Math.ceil(size * 10);
    return Math.max(register - 2, this.#shown - 2, 0);
  }

  #change(event: Period['event']): void {
    this.#calm = 0;
    const last = this.epochs.at(-1);
    if (!last) return;
    if (event === 'replaced') {
      // at the moment of a reading, with nothing used in between
      this.#register = 0;
      this.#time += MINUTE;
      this.#show(300);
      this.#register = 300;
      return;
    }
    if (event === 'ratio') {
      this.#ratio = this.#ratio === 1 ? 40 : 1;
      this.epochs.push({ ...last, from: this.#time, multiplier: this.#ratio, replaced: undefined });
      return;
    }
    this.#time += MINUTE;
    const use = Math.floor((CAPACITY / this.#ratio) * (1 / 60) * 50);
    this.used += (use * this.#ratio) / 100;
    const oldFinal = (this.#register + use) / 100;
    this.#register = 700;
    this.epochs.push({ ...last, from: this.#time, replaced: { oldFinal, newInitial: 7 } });
  }

  #show(register: number): void {
    this.#shown = register;
    this.readings.push([this.#time, register / 100]);
  }
}

/** Lives through the periods, and some calm ones at both ends. */
function live(first: number, list: readonly Period[]): { truth: Truth; meter: Meter } {
  const truth = new Truth(first);
  const calm: Period = { minutes: 15, load: 0.2, fault: 'none', size: 0, event: 'none' };
  for (const period of [...Array(6).fill(calm), ...list, ...Array(6).fill(calm)])
    truth.live(period);
  return { truth, meter: registerMeter({ ratedCapacity: CAPACITY, epochs: truth.epochs }) };
}

/** Hundredths; often shortly before the register goes over. */
const first = fc.oneof(
  fc.integer({ min: 1_000_00, max: 800_000_00 }),
  fc.integer({ min: 999_800_00, max: 999_999_99 }),
);

function foldAll(meter: Meter, readings: readonly (readonly [number, number])[]): Fold {
  const fold = new Fold(meter);
  for (const [time, value] of readings) fold.take(time, value);
  return fold;
}

test('whatever befalls a meter, what was really used is found', () => {
  fc.assert(
    fc.property(first, periods, (begin, list) => {
      const { truth, meter } = live(begin, list);
      const found = total(foldAll(meter, truth.readings));
      expect(found).toBeCloseTo(truth.used, 6);
    }),
    { numRuns: 10_000 },
  );
});

test('folding again from any mark gives the same as folding all', () => {
  fc.assert(
    fc.property(first, periods, (begin, list) => {
      const { truth, meter } = live(begin, list);
      const whole = foldAll(meter, truth.readings);
      const expected = whole.figures();
      for (const mark of whole.marks) {
        const again = new Fold(meter, mark);
        for (const [time, value] of truth.readings) if (time > mark.time) again.take(time, value);
        const { hours } = again.figures();
        for (const [hour, use] of hours) expect(use).toEqual(expected.hours.get(hour));
        expect(again.marks).toEqual(whole.marks.slice(whole.marks.indexOf(mark) + 1));
      }
    }),
    { numRuns: 1_000 },
  );
});

test('any readings at all end in figures that are neither negative nor beyond the capacity', () => {
  const values = fc.array(
    fc.oneof(fc.constantFrom(0, 1, 2, 3, 999_999), fc.integer({ min: 0, max: 999_999 })),
    { minLength: 1, maxLength: 150 },
  );
  fc.assert(
    fc.property(values, (list) => {
      const fold = foldAll(
        registerMeter(),
        list.map((value, i) => [START + i * 15 * MINUTE, value] as const),
      );
      for (const { amount, measured } of fold.figures().hours.values()) {
        expect(amount).toBeGreaterThanOrEqual(0);
        expect(amount).toBeLessThanOrEqual(CAPACITY + 0.1);
        expect(measured).toBeLessThanOrEqual(3_600_000);
      }
    }),
    { numRuns: 2_000 },
  );
});
