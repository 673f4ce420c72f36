import type { Device } from '../campus/model.ts';
import type { Clock, Millis } from '../clock.ts';
import { CodedError } from '../errors.ts';
import type { Catalogue } from '../pipeline/catalogue.ts';
import { isActive } from './alarm.ts';
import { DueTimer } from './due-timer.ts';
import type { AlarmEngine } from './engine.ts';
import type { ServicePeriod, ServicePeriods } from './service-periods.ts';
import type { AlarmStore } from './store.ts';

export interface OutOfServiceOptions {
  periods: ServicePeriods;
  store: AlarmStore;
  engine: Pick<AlarmEngine, 'rest' | 'reconsider'>;
  catalogue: Catalogue;
  clock: Clock;
  /** Runs a piece of work as a transaction of the pipeline. */
  transact: <T>(work: () => T) => T;
  onError: (error: unknown) => void;
}

/**
 * Takes devices out of service and back. When a period begins, the device's delays and active
 * alarms end; a latched one stays until its reset. Raising nothing meanwhile is the engine's part.
 */
export class OutOfService {
  readonly #options: OutOfServiceOptions;
  readonly #timer: DueTimer;

  constructor(options: OutOfServiceOptions) {
    this.#options = options;
    const { clock, periods, onError } = options;
    const next = (now: Millis) => periods.nextBegin(now);
    this.#timer = new DueTimer({ clock, next, run: () => this.#begin(), onError });
  }

  /** Follows changed declarations of campus.yaml. */
  follow(devices: Iterable<Device>): void {
    this.#options.periods.follow(devices);
    this.#timer.runNow();
  }

  stop(): void {
    this.#timer.stop();
  }

  /** Throws DEVICE_NOT_FOUND or OUT_OF_SERVICE_ALREADY. */
  begin(period: Omit<ServicePeriod, 'id'>): ServicePeriod {
    const { periods, catalogue, transact } = this.#options;
    const key = `${period.campus}/${period.device}`;
    if (!catalogue.devices.has(key)) throw new CodedError('DEVICE_NOT_FOUND', { device: key });
    const id = transact(() => periods.add(period));
    this.#changed();
    return { ...period, id };
  }

  /** Puts a device back into service now. Throws OUT_OF_SERVICE_UNKNOWN. */
  end(id: number, person: string): ServicePeriod {
    const { periods, clock, transact } = this.#options;
    const ended = transact(() => periods.end(id, person, clock.now()));
    this.#changed();
    return ended;
  }

  #changed(): void {
    this.#options.periods.reload();
    this.#timer.runNow();
  }

  /** Repeating it changes nothing, so a restart may. */
  #begin(): void {
    const { periods, engine, catalogue, store, clock, transact } = this.#options;
    const now = clock.now();
    const current = periods.list().filter(({ since, until }) => since <= now && now < until);
    if (current.length > 0) {
      const active = Map.groupBy(store.allOpen().filter(isActive), keyOf);
      transact(() => {
        for (const period of current) {
          const device = catalogue.devices.get(keyOf(period));
          if (device) engine.rest(device);
          for (const { campus, device, rule } of active.get(keyOf(period)) ?? []) {
            store.clear(campus, device, rule, now, period.reason, period.person);
          }
        }
      });
    }
    engine.reconsider();
  }
}

const keyOf = ({ campus, device }: { campus: string; device: string }): string =>
  `${campus}/${device}`;
