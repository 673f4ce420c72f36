import type { Logger } from 'pino';
import { ownRule } from './alarms/own.ts';
import type { Configuration } from './campus/model.ts';
import { watchConfiguration } from './campus/watch.ts';
import type { Clock } from './clock.ts';
import type { Core } from './core.ts';
import { CodedError, describe, type Text } from './errors.ts';
import { isStorageFailure } from './storage/database.ts';

const FAILED = 'CONFIG_RELOAD_FAILED';
/** A message to a phone need not name the hundredth mistake. */
const MAX_WORDS = 1000;

export interface ReloadOptions {
  /** campus.yaml, or the folder. */
  config: string;
  /** How its files were before they were read for the start. */
  fingerprint: string;
  clock: Clock;
  log: Logger;
  core: Pick<Core, 'ownAlarms' | 'writeOwn' | 'clearOwn' | 'pipeline'>;
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
  const findOpen = () => core.ownAlarms().find(({ rule }) => rule === ownRule(FAILED, {}));

  /** True when the edit is dealt with; false when nothing can be written now. */
  const reload = async (): Promise<boolean> => {
    try {
      const configuration = await load();
      if (isStopped) return true;
      await take(configuration);
      if (!isStopped) core.clearOwn(FAILED);
      return true;
    } catch (error) {
      if (isStopped) return true;
      log.error({ err: error }, 'the changed configuration was not taken');
      return !isOfStorage(error) && complain(error);
    }
  };

  const complain = (error: unknown): boolean => {
    const { zh, en } = wordsOf(error);
    const params = { reason: en.slice(0, MAX_WORDS), reasonZh: zh.slice(0, MAX_WORDS) };
    const title = describe(FAILED, params).message.zh;
    try {
      // other mistakes than those of the edit before are told anew
      if (findOpen()?.title.zh !== title) {
        core.pipeline.transact(() => core.writeOwn(FAILED, params, {}));
      }
      return true;
    } catch (unwritten) {
      log.error({ err: unwritten }, 'nobody could be told of it; trying again');
      return false;
    }
  };

  // what an earlier run complained of was corrected meanwhile: taken again, that ends the alarm
  const taken = findOpen() ? '' : fingerprint;
  const unwatch = watchConfiguration(config, taken, clock, reload);
  return () => {
    isStopped = true;
    unwatch();
  };
}

/** What is wrong, for people. */
function wordsOf(error: unknown): Text {
  if (error instanceof CodedError) return describe(error.code, error.params).message;
  const message = error instanceof Error ? error.message : String(error);
  return { zh: message, en: message };
}

/** Then nothing is wrong with the edit. */
const isOfStorage = (error: unknown): boolean =>
  isStorageFailure(error instanceof CodedError ? error.cause : error);
