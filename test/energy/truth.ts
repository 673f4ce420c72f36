import fc from 'fast-check';
import type { Epoch, Meter } from '../../src/energy/meter.ts';
import { registerMeter } from './support.ts';

// What meters go through, with what was really used known.

export const MINUTE = 60_000;
export const START = Date.parse('2026-11-23T00:00:00Z');
const MODULUS = 1_000_000;
/** kW: what the generated use never exceeds. */
export const CAPACITY = 200;

export interface Period {
  minutes: number;
  /** Part of the capacity that was used. */
  load: number;
  /** What befalls the reading at its end. */
  fault: 'none' | 'zero' | 'dip' | 'spike' | 'possible spike' | 'jitter' | 'lost';
  size: number;
  /** What happens before the period. */
  event: 'none' | 'replaced' | 'declared' | 'ratio';
}

export const periods = fc.array(
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
  /** Undisturbed readings since the last fault, and since the last event. */
  #calm = 0;
  #age = 6;
  #shown: number;

  constructor(first: number) {
    this.#register = first;
    this.#shown = first;
    this.epochs = [{ from: Number.NEGATIVE_INFINITY, multiplier: 1, moduli: [MODULUS] }];
    this.#show(first);
  }

  live({ minutes, load, fault, size, event }: Period): void {
    // what befalls a meter that has just been replaced could be read in more than one way
    const mayHappen = this.#calm >= 6 && this.#age >= 6;
    // near its end a register that begins at 0 again has gone over, and near its beginning it has
    // dipped, unless somebody declares the replacement
    const isPlain = this.#register > 0.1 * MODULUS * 100 && this.#register < 0.89 * MODULUS * 100;
    const happens = mayHappen && event !== 'none' && (event !== 'replaced' || isPlain);
    if (happens) this.#change(event);
    this.#time += minutes * MINUTE;
    // a new meter shows that it runs
    const isYoung = this.#age < 3;
    const most = (CAPACITY / this.#ratio) * (minutes / 60) * 100;
    const use = Math.floor(most * (isYoung ? Math.max(load, 0.05) : load));
    this.#register = (this.#register + use) % (MODULUS * 100);
    this.used += (use * this.#ratio) / 100;
    const isShown = fault !== 'possible spike' || this.#ratio === 1;
    // one good reading between two bad ones is enough
    const isFaulty = this.#calm >= 1 && this.#age >= 1 && !happens && fault !== 'none' && isShown;
    this.#calm = isFaulty ? 0 : this.#calm + 1;
    if (!isFaulty) this.#age += 1;
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
    this.#age = 0;
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
export function live(first: number, list: readonly Period[]): { truth: Truth; meter: Meter } {
  const truth = new Truth(first);
  const calm: Period = { minutes: 15, load: 0.2, fault: 'none', size: 0, event: 'none' };
  for (const period of [...Array(6).fill(calm), ...list, ...Array(6).fill(calm)])
    truth.live(period);
  return { truth, meter: registerMeter({ ratedCapacity: CAPACITY, epochs: truth.epochs }) };
}

/** Hundredths; often shortly before the register goes over. */
export const first = fc.oneof(
  fc.integer({ min: 1_000_00, max: 800_000_00 }),
  fc.integer({ min: 999_800_00, max: 999_999_99 }),
);
