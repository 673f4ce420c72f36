import type { Logger } from 'pino';
import { ownRule } from '../alarms/own.ts';
import type { Alarm } from '../alarms/store.ts';
import { GATEWAY } from '../campus/model.ts';
import type { Clock, Millis, Timer } from '../clock.ts';
import type { Core } from '../core.ts';
import {
  type Finding,
  judge,
  keyOf,
  type Record,
  type Tracked,
  type Watchdog,
} from './watchdog.ts';

const EVERY: Millis = 15_000;

export interface SupervisorOptions {
  core: Pick<Core, 'raiseOwn' | 'clearOwn' | 'ownAlarms'>;
  clock: Clock;
  log: Logger;
  watchdogs: readonly Watchdog[];
}

/**
 * Asks the watchdogs every 15 s and makes own alarms of what they find. Alarms that an earlier run
 * left open are taken over, so that they end when their cause does. A running on-delay is not: it
 * begins anew with the run.
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #records: Map<Watchdog, Record>;
  #timer: Timer | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    const open = options.core.ownAlarms();
    this.#records = new Map(
      options.watchdogs.map((watchdog) => [watchdog, takeOver(watchdog, open)]),
    );
    this.#next();
  }

  /** What is open now. */
  open(): Tracked[] {
    return [...this.#records.values()]
      .flatMap((record) => [...record.values()])
      .filter(({ raised }) => raised !== undefined);
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #next(): void {
    this.#timer = this.#options.clock.after(EVERY, () => {
      for (const [watchdog, record] of this.#records) this.#ask(watchdog, record);
      this.#next();
    });
  }

  #ask(watchdog: Watchdog, record: Record): void {
    const { core, clock, log } = this.#options;
    try {
      const now = clock.now();
      const isOpen = (key: string) => record.get(key)?.raised !== undefined;
      const judged = judge(record, watchdog.look(now, isOpen), watchdog, now);
      for (const finding of judged.raise)
        core.raiseOwn(finding.code, finding.params, placed(finding));
      for (const finding of judged.clear) core.clearOwn(finding.code, finding);
      this.#records.set(watchdog, judged.record);
    } catch (error) {
      // remembered only once it is written: the next look raises and clears it again
      log.error({ err: error }, 'a watchdog could not do its work; trying again');
    }
  }
}

const placed = ({ severity, campus, subject }: Finding) => ({ severity, campus, subject });

function takeOver({ codes }: Watchdog, open: readonly Alarm[]): Record {
  const record = new Map<string, Tracked>();
  for (const { device, rule, campus, since, severity } of open) {
    const code = codes.find((known) => rule.split(':')[0] === ownRule(known, {}));
    if (device !== GATEWAY || code === undefined) continue;
    const [, subject] = /^[^:]*:(.*)$/s.exec(rule) ?? [];
    const finding = { code, campus: campus || undefined, subject };
    record.set(keyOf(finding), { finding, since, goneSince: undefined, raised: severity });
  }
  return record;
}
