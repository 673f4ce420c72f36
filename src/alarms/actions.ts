import type { Clock, Millis } from '../clock.ts';
import { CodedError } from '../errors.ts';
import type { Catalogue } from '../pipeline/catalogue.ts';
import type { Alarm, Disposition } from './alarm.ts';
import type { Shelf, ShelfPlace } from './shelves.ts';
import { isLatched } from './slots.ts';
import { type AlarmStore, isShelvable } from './store.ts';

/** A shelf ends by itself after a shift, and within a day (see docs/operator.md). */
export const SHELF_DEFAULT: Millis = 8 * 3_600_000;
export const SHELF_LONGEST: Millis = 24 * 3_600_000;

export interface ActionOptions {
  store: AlarmStore;
  clock: Clock;
  catalogue: Catalogue;
  /** Runs a piece of work as a transaction of the pipeline. */
  transact: <T>(work: () => T) => T;
  /** A shelf was made that ends by itself. */
  onShelf: () => void;
}

/** Who shelves, why, and for how long (ms). */
export interface ShelfWish {
  person: string;
  reason: string;
  lasts?: Millis | undefined;
}

/** What people do to alarms, now and each in a transaction of its own. Throws as the store does. */
export class AlarmActions {
  readonly #options: ActionOptions;

  constructor(options: ActionOptions) {
    this.#options = options;
  }

  acknowledge(id: number, person: string): Alarm {
    return this.#now((store, now) => store.acknowledge(id, person, now));
  }

  assign(id: number, assignee: string, person: string): Alarm {
    return this.#now((store, now) => store.assign(id, assignee, person, now));
  }

  comment(id: number, person: string, text: string): Alarm {
    return this.#now((store, now) => store.comment(id, person, text, now));
  }

  reset(id: number, found: { person: string; disposition: Disposition; reason: string }): Alarm {
    return this.#now((store, now) => store.reset(id, found, now));
  }

  /**
   * Shelves whatever a rule of a device raises. Throws DEVICE_NOT_FOUND, RULE_UNKNOWN,
   * SHELVE_FORBIDDEN or SHELVED_ALREADY.
   */
  shelveRule(place: ShelfPlace, wish: ShelfWish): Shelf {
    const key = `${place.campus}/${place.device}`;
    const device = this.#options.catalogue.devices.get(key)?.device;
    if (!device) throw new CodedError('DEVICE_NOT_FOUND', { device: key });
    const rule = device.rules.find(({ id }) => id === place.rule);
    if (!rule) {
      const allowed = device.rules.map(({ id }) => id).join(', ');
      throw new CodedError('RULE_UNKNOWN', { device: key, rule: place.rule, allowed });
    }
    if (!isShelvable({ severity: rule.severity, latched: isLatched(rule) })) {
      throw new CodedError('SHELVE_FORBIDDEN');
    }
    return this.#shelve(place, undefined, wish);
  }

  /** Shelves one alarm. Throws ALARM_UNKNOWN, ALARM_CLOSED, SHELVE_FORBIDDEN or SHELVED_ALREADY. */
  shelveAlarm(id: number, wish: ShelfWish): Shelf {
    const { campus, device, rule, closed } = this.#options.store.get(id);
    if (closed !== undefined) {
      throw new CodedError('ALARM_CLOSED', { time: new Date(closed).toISOString() });
    }
    return this.#shelve({ campus, device, rule }, id, wish);
  }

  /** Throws SHELF_UNKNOWN or SHELF_ENDED. */
  liftShelf(id: number, person: string): Shelf {
    return this.#now((store, now) => store.liftShelf(id, person, now));
  }

  #shelve(place: ShelfPlace, alarm: number | undefined, wish: ShelfWish): Shelf {
    const { person, reason, lasts = SHELF_DEFAULT } = wish;
    const length = Math.min(lasts, SHELF_LONGEST);
    const shelf = this.#now((store, now) =>
      store.shelve({ ...place, alarm, person, reason, since: now, until: now + length }),
    );
    this.#options.onShelf();
    return shelf;
  }

  #now<T>(act: (store: AlarmStore, now: Millis) => T): T {
    const { store, clock, transact } = this.#options;
    return transact(() => act(store, clock.now()));
  }
}
