import type { Logger } from 'pino';
import type { Clock, Millis } from '../clock.ts';
import type { ErrorCode, ErrorParams } from '../errors.ts';
import type { ClosedCode } from './verdict.ts';

export type AlarmCode = ClosedCode | 'INFLUX_UNREACHABLE' | 'INFLUX_DROPPED';

/** They say that nothing gets through: one line that does ends them. */
const BLOCKED: readonly AlarmCode[] = [
  'INFLUX_CREDENTIALS',
  'INFLUX_BUCKET',
  'INFLUX_REQUEST',
  'INFLUX_UNREACHABLE',
];

/** When the database can't be written, an alarm has time. */
const TRY_AGAIN: Millis = 60_000;

export interface OwnAlarmsOptions {
  clock: Clock;
  log: Logger;
  raise: (code: ErrorCode, params: ErrorParams) => void;
  clear: (code: ErrorCode) => void;
}

/** The gateway's own alarms about InfluxDB. Cheap where nothing changes. */
export class OwnAlarms {
  readonly #options: OwnAlarmsOptions;
  /** Not open, as far as this run knows; those of an earlier run end with the first success. */
  readonly #cleared = new Set<AlarmCode>();
  readonly #raised = new Set<AlarmCode>();
  #nextTry = 0;

  constructor(options: OwnAlarmsOptions) {
    this.#options = options;
  }

  /** Whether one was raised in this run and is not over. */
  get hasOpen(): boolean {
    return this.#raised.size > 0;
  }

  raise(code: AlarmCode, params: ErrorParams): void {
    if (this.#raised.has(code)) return;
    this.#try(() => {
      this.#options.raise(code, params);
      this.#raised.add(code);
      this.#cleared.delete(code);
    });
  }

  clear(code: AlarmCode): void {
    if (this.#cleared.has(code)) return;
    this.#try(() => {
      this.#options.clear(code);
      this.#raised.delete(code);
      this.#cleared.add(code);
    });
  }

  /** Something got through. */
  clearBlocked(): void {
    for (const code of BLOCKED) this.clear(code);
  }

  #try(work: () => void): void {
    const { clock, log } = this.#options;
    if (clock.now() < this.#nextTry) return;
    try {
      work();
    } catch (error) {
      this.#nextTry = clock.now() + TRY_AGAIN;
      log.error({ err: error }, 'an alarm about InfluxDB could not be written; trying again');
    }
  }
}
