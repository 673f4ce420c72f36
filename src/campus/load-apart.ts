import { fork } from 'node:child_process';
import { statSync } from 'node:fs';
import { CodedError, type ErrorCode, type ErrorParams } from '../errors.ts';
import { configurationFiles } from './files.ts';
import { loadConfiguration } from './load.ts';
import type { Configuration } from './model.ts';
import { loadProfiles } from './profile.ts';

/** What the process answers. */
export type LoadAnswer =
  | { configuration: Configuration }
  | { code: ErrorCode; params: ErrorParams };

/** A county's files take seconds and hundreds of megabytes to parse; a school's take neither. */
const LARGE = 200 * 1024;

/**
 * Loads a configuration; a large one in a process of its own, so that neither readings wait for it
 * nor its memory stays (a thread's stays). Rejects as loadConfiguration throws.
 */
export async function loadApart(config: string, profiles: string): Promise<Configuration> {
  if (sizeOf(config) < LARGE) return loadConfiguration(config, loadProfiles(profiles));
  const child = fork(new URL('./load-process.ts', import.meta.url), [config, profiles], {
    serialization: 'advanced',
    execArgv: [],
  });
  const answer = await new Promise<LoadAnswer>((resolve, reject) => {
    child.once('message', (message: LoadAnswer) => resolve(message));
    child.once('error', reject);
    child.once('exit', () => reject(new Error('the configuration could not be loaded')));
  });
  if ('code' in answer) throw new CodedError(answer.code, answer.params);
  return answer.configuration;
}

/** Bytes; 0 where it can't be read, which loading then says. */
function sizeOf(path: string): number {
  try {
    return configurationFiles(path).list.reduce((sum, file) => sum + statSync(file).size, 0);
  } catch {
    return 0;
  }
}
