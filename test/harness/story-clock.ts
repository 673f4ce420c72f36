import { Temporal } from 'temporal-polyfill';
import { type Clock, type Millis, type Timer, VirtualClock } from '../../src/clock.ts';
import { parseDuration } from '../../src/duration.ts';

const ZONE = 'Asia/Shanghai';

/** A school's time, told to move: everything that falls due on the way has its turn. */
export class StoryClock {
  readonly virtual: VirtualClock;
  readonly #settle: () => Promise<void>;

  constructor(start: string, settle: () => Promise<void>) {
    this.virtual = new VirtualClock(Date.parse(start));
    this.#settle = settle;
  }

  get now(): Millis {
    return this.virtual.now();
  }

  /** Moves on by `31m`, moment by moment. */
  async forward(duration: string): Promise<void> {
    const target = this.now + parseDuration(duration);
    await this.#settle();
    for (let next = this.virtual.next(); next !== undefined && next <= target; ) {
      this.virtual.moveTo(next);
      await this.#settle();
      next = this.virtual.next();
    }
    this.virtual.moveTo(target);
    await this.#settle();
  }

  /** Moves on to the next `07:30`. */
  async until(timeOfDay: string): Promise<void> {
    const local = Temporal.Instant.fromEpochMilliseconds(this.now).toZonedDateTimeISO(ZONE);
    const today = local.withPlainTime(timeOfDay);
    const then = Temporal.ZonedDateTime.compare(today, local) > 0 ? today : today.add({ days: 1 });
    await this.forward(`${(then.epochMilliseconds - this.now) / 1000}s`);
  }

  /** A moment before now: `ago('2h')`. */
  ago(duration: string): Millis {
    return this.now - parseDuration(duration);
  }

  /** A moment as people at the school say it: `11-23 20:31`, with seconds where there are any. */
  say(time: Millis | undefined): string {
    if (time === undefined) return 'never';
    const local = Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(ZONE);
    const text = local.toPlainDateTime().toString();
    return text.slice(5).replace('T', ' ').replace(/:00$/, '');
  }
}

/** ISO 8601 with the school's offset, as a device writes it. */
export const isoAt = (time: Millis): string =>
  Temporal.Instant.fromEpochMilliseconds(time)
    .toZonedDateTimeISO(ZONE)
    .toString({ timeZoneName: 'never' });

/** A clock whose timers end with the process that set them. */
export class MortalClock implements Clock {
  readonly #clock: Clock;
  #isDead = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): Millis {
    return this.#clock.now();
  }

  monotonic(): Millis {
    return this.#clock.monotonic();
  }

  after(delay: Millis, run: () => void): Timer {
    if (this.#isDead) return { cancel: () => undefined };
    return this.#clock.after(delay, () => {
      if (!this.#isDead) run();
    });
  }

  die(): void {
    this.#isDead = true;
  }
}
