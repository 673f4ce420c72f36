import type { Clock } from '../clock.ts';
import type { Alarm, Disposition } from './alarm.ts';
import type { AlarmStore } from './store.ts';

export interface ActionOptions {
  store: AlarmStore;
  clock: Clock;
  /** Runs a piece of work as a transaction of the pipeline. */
  transact: <T>(work: () => T) => T;
}

/** What people do to alarms, now and each in a transaction of its own. Throws as the store does. */
export class AlarmActions {
  readonly #options: ActionOptions;

  constructor(options: ActionOptions) {
    this.#options = options;
  }

  acknowledge(id: number, person: string): Alarm {
    const { store, clock, transact } = this.#options;
    return transact(() => store.acknowledge(id, person, clock.now()));
  }

  assign(id: number, assignee: string, person: string): Alarm {
    const { store, clock, transact } = this.#options;
    return transact(() => store.assign(id, assignee, person, clock.now()));
  }

  comment(id: number, person: string, text: string): Alarm {
    const { store, clock, transact } = this.#options;
    return transact(() => store.comment(id, person, text, clock.now()));
  }

  reset(id: number, found: { person: string; disposition: Disposition; reason: string }): Alarm {
    const { store, clock, transact } = this.#options;
    return transact(() => store.reset(id, found, clock.now()));
  }
}
