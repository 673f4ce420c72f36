import type { ReportOptions } from '../../harness/instrument.ts';
import type { School } from '../../harness/school.ts';

export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** The unit per hour at a moment. */
export type Rate = (time: number) => number;

/** Local hour of the day, with its fraction, at +08:00. */
export const hourOf = (time: number): number => ((time + 8 * HOUR) % DAY) / HOUR;

/** Monday is 1. */
export const weekdayOf = (time: number): number =>
  ((Math.floor((time + 8 * HOUR) / DAY) + 3) % 7) + 1;

/** A day school's use: 2 m³/h from 7 to 18 on weekdays, a little on weekends, nothing at night. */
export const schoolDay: Rate = (time) => {
  const hour = hourOf(time);
  if (weekdayOf(time) >= 6) return hour >= 9 && hour < 11 ? 0.1 : 0;
  return hour >= 7 && hour < 18 ? 2 + Math.sin(hour * 5) : 0;
};

/** From a moment on, besides. */
export const since =
  (from: string, extra: number, to = '9999-01-01T00:00:00Z'): Rate =>
  (time) =>
    time >= Date.parse(from) && time < Date.parse(to) ? extra : 0;

export const both =
  (...rates: Rate[]): Rate =>
  (time) =>
    rates.reduce((sum, rate) => sum + rate(time), 0);

/** A register that counts a rate minute by minute, in steps. */
export class Register {
  rate: Rate;
  readonly #step: number;
  #total: number;
  #until: number | undefined;

  constructor(rate: Rate, { start = 1234, step = 0.01 } = {}) {
    this.rate = rate;
    this.#total = start;
    this.#step = step;
  }

  /** What it shows at a moment not before the last one asked for. */
  at(time: number): number {
    for (let from = this.#until ?? time; from < time; from += MINUTE) {
      this.#total += (this.rate(from) * Math.min(MINUTE, time - from)) / HOUR;
    }
    this.#until = time;
    const steps = Math.floor(this.#total / this.#step + 1e-9);
    return Number((steps * this.#step).toFixed(6));
  }

  /** It shows another figure from now on: replaced, reset or gone over. */
  becomes(total: number): void {
    this.#total = total;
  }
}

/** Meters of a school, each with its register, that report together every so many minutes. */
export class Meters {
  readonly registers: Record<string, Register>;
  /** Those that report nothing. */
  readonly silent = new Set<string>();
  readonly #school: School;
  readonly #metric: string;
  readonly #every: number;

  constructor(
    school: School,
    registers: Record<string, Register>,
    { metric = 'volume', every = 5 } = {},
  ) {
    this.#school = school;
    this.registers = registers;
    this.#metric = metric;
    this.#every = every;
  }

  /** Lets them report until a local time such as `2026-11-28T07:00`. */
  async until(local: string): Promise<void> {
    const end = Date.parse(`${local}:00+08:00`);
    const { clock } = this.#school;
    while (clock.now < end) {
      await clock.forward(`${Math.min(this.#every, (end - clock.now) / MINUTE)}m`);
      for (const [id, register] of Object.entries(this.registers)) {
        const value = register.at(clock.now);
        if (!this.silent.has(id)) this.report(id, value);
      }
    }
    await this.#school.settle();
  }

  /** One report, now or with a time of its own. */
  report(id: string, value: number, { at }: Pick<ReportOptions, 'at'> = {}): void {
    const { core, clock } = this.#school;
    const device = core.catalogue.devices.get(`qingcheng/${id}`);
    if (!device) throw new Error(id);
    const time = typeof at === 'number' ? at : clock.now;
    core.pipeline.transact(() => {
      core.pipeline.admit(device, [{ time, values: [[this.#metric, value]] }], clock.now, 0);
    });
  }
}

/** Alarms about leaks and waste, in words: `main night-flow 11-24 04:00`. */
export const leaks = ({ core, clock }: School): string[] =>
  core.store
    .list({ limit: 1000 })
    .reverse()
    .filter(({ rule }) => rule !== 'silent')
    .map(({ device, rule, raised }) => `${device} ${rule} ${clock.say(raised)}`);
