import type { Logger } from 'pino';
import type { Configuration } from './campus/model.ts';
import { watchConfiguration } from './campus/watch.ts';
import type { Clock } from './clock.ts';
import type { Core } from './core.ts';
import { CodedError } from './errors.ts';
import { isStorageFailure } from './storage/database.ts';

export interface ReloadOptions {
  /** campus.yaml, or the folder. */
  config: string;
  /** How its files were before they were read for the start. */
  fingerprint: string;
  clock: Clock;
  log: Logger;
  core: Pick<Core, 'raiseOwn' | 'clearOwn'>;
  load: () => Promise<Configuration>;
  /** Takes it whole. Rejects with nothing changed. */
  take: (configuration: Configuration) => Promise<void>;
}

/**
 * Takes the configuration whenever it is edited, or says why not: then all goes on with the old
 * one, and an alarm is open until the next good edit. Answers how to stop.
 */
export function followConfiguration(options: ReloadOptions): () => void {
  const { config, fingerprint, clock, log, core, load, take } = options;
  let isStopped = false;

  /** True when the edit is dealt with; false when nothing can be written now. */
  const reload = async (): Promise<boolean> => {
    try {
      const configuration = await load();
      if (isStopped) return true;
      await take(configuration);
      if (!isStopped) core.clearOwn('CONFIG_RELOAD_FAILED');
      return true;
    } catch (error) {
      if (isStopped) return true;
      log.error({ err: error }, 'the changed configuration was not taken');
      return !isOfStorage(error) && complain(error);
    }
  };

  const complain = (error: unknown): boolean => {
    const reason = error instanceof Error ? error.message : String(error);
    try {
      core.raiseOwn('CONFIG_RELOAD_FAILED', { reason: reason.slice(0, 1000) });
      return true;
    } catch (unwritten) {
      log.error({ err: unwritten }, 'nobody could be told of it; trying again');
      return false;
    }
  };

  const unwatch = watchConfiguration(config, fingerprint, clock, reload);
  return () => {
    isStopped = true;
    unwatch();
  };
}

/** Then nothing is wrong with the edit. */
const isOfStorage = (error: unknown): boolean =>
  isStorageFailure(error instanceof CodedError ? error.cause : error);
