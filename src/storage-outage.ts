import type { Logger } from 'pino';
import type { Campus } from './campus/model.ts';
import type { Clock, Millis, Timer } from './clock.ts';
import type { Channel } from './notify/channel.ts';
import type { Heard } from './notify/outbox.ts';
import { type Outage, outageCode, tellOfOutage } from './notify/past-outbox.ts';

const AGAIN: Millis = 60_000;

export interface StorageOutageOptions {
  clock: Clock;
  log: Logger;
  /** Whose people look after the gateway. */
  campus: () => Campus | undefined;
  channels: (campus: string) => Iterable<Channel>;
  /** Writes down an outage that is over. Throws while that is not possible. */
  record: (what: ReturnType<typeof outageCode>, since: Millis, heard: readonly Heard[]) => void;
}

/**
 * While nothing can be written, people are told past the outbox: each minute, until one channel has
 * sent it. Once it is over the outage is written down, and with it that people are told so.
 */
export class StorageOutage {
  readonly #options: StorageOutageOptions;
  readonly #abort = new AbortController();
  #failure: Error | undefined;
  /** The one under way, or one that is over and not written down yet. */
  #outage: (Outage & { heard: Heard[] }) | undefined;
  #timer: Timer | undefined;
  /** One thing after the other: who is being told is known before it is written down. */
  #work = Promise.resolve();

  constructor(options: StorageOutageOptions) {
    this.#options = options;
  }

  /** Why nothing can be written now. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Writing fails from now on, or works again. */
  change(failure: Error | undefined): void {
    const { clock, log } = this.#options;
    this.#failure = failure;
    if (failure) {
      log.error({ err: failure }, 'the database cannot be written; nothing is acknowledged');
      this.#outage ??= { failure, since: clock.now(), heard: [] };
    } else log.info('the database can be written again');
    this.#next();
  }

  /** Resolves when nothing is under way. */
  settled(): Promise<void> {
    return this.#work;
  }

  /** Ends what is under way; an outage that is over is still written down. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.settled();
    this.#timer?.cancel();
  }

  #next = (): void => {
    this.#timer?.cancel();
    this.#work = this.#work
      .then(() => (this.#failure ? this.#tell() : this.#record()))
      .catch((error) => {
        this.#options.log.error({ err: error }, 'an outage could not be handled; trying again');
        this.#timer = this.#options.clock.after(AGAIN, this.#next);
      });
  };

  async #tell(): Promise<void> {
    const { clock, log, campus, channels } = this.#options;
    const outage = this.#outage;
    const whose = campus();
    if (!outage || !whose || outage.heard.length > 0) return;
    const parts = { clock, log, signal: this.#abort.signal };
    outage.heard = await tellOfOutage(outage, whose, channels(whose.id), parts);
    if (outage.heard.length === 0) this.#timer = clock.after(AGAIN, this.#next);
  }

  #record(): void {
    const outage = this.#outage;
    if (!outage) return;
    this.#options.record(outageCode(outage), outage.since, outage.heard);
    this.#outage = undefined;
  }
}
