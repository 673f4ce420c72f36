import type { Logger } from 'pino';
import type { Configuration } from '../campus/model.ts';
import type { Clock, Millis, Timer } from '../clock.ts';
import type { Environment } from '../secrets.ts';
import type { Database } from '../storage/database.ts';
import { readSetting, writeSetting } from '../storage/settings.ts';
import type { Channel } from './channel.ts';
import { createChannels } from './channels/create.ts';
import { Limiter } from './channels/limiter.ts';

/** The setting that holds the channels' quotas. */
const LIMITS = 'channel-limits';
const SAVE_EVERY: Millis = 60_000;

/** By campus, then by name. */
export type ChannelMap = ReadonlyMap<string, ReadonlyMap<string, Channel>>;

export interface CampusChannelsOptions {
  database: Database;
  clock: Clock;
  log: Logger;
  env: Environment;
  /** Instead of every campus's notify.webhook.url. */
  webhookUrl: string | undefined;
}

/** The channels of every campus, below quotas that a restart does not refill. */
export class CampusChannels {
  readonly #options: CampusChannelsOptions;
  readonly #limiter: Limiter;
  #channels: ChannelMap = new Map();
  #timer: Timer | undefined;

  constructor(options: CampusChannelsOptions) {
    this.#options = options;
    this.#limiter = new Limiter(readSetting(options.database, LIMITS));
  }

  /** Makes the channels of a configuration, for `use`. Throws SECRET_MISSING. */
  prepare(configuration: Configuration): ChannelMap {
    const { clock, log, env, webhookUrl } = this.#options;
    const channels = new Map<string, ReadonlyMap<string, Channel>>();
    for (const { id, notify } of configuration.campuses.values()) {
      const moved = notify.webhook && { ...notify.webhook, url: webhookUrl ?? notify.webhook.url };
      const parts = { campus: id, clock, env, limiter: this.#limiter };
      const made = createChannels({ ...notify, webhook: moved }, parts);
      if (made.size === 0) {
        log.warn({ campus: id }, 'no way to notify anybody: alarms of this campus reach nobody');
      }
      channels.set(id, made);
    }
    return channels;
  }

  use(channels: ChannelMap): void {
    this.#channels = channels;
  }

  get(campus: string, name: string): Channel | undefined {
    return this.#channels.get(campus)?.get(name);
  }

  of(campus: string): Iterable<Channel> {
    return this.#channels.get(campus)?.values() ?? [];
  }

  /** Writes down each minute what was used of the quotas. */
  start(): void {
    this.#timer = this.#options.clock.after(SAVE_EVERY, () => {
      this.#save();
      this.start();
    });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#save();
  }

  #save(): void {
    const { database, clock, log } = this.#options;
    try {
      writeSetting(database, LIMITS, this.#limiter.export(clock.now()));
    } catch (error) {
      log.warn({ err: error }, "the channels' quotas could not be written");
    }
  }
}
