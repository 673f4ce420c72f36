import { readFileSync } from 'node:fs';
import { CodedError } from './errors.ts';

/** The content of a file that a person has named. Throws CONFIG_UNREADABLE. */
export function readFile(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** That a file could not be read, and why. */
export function unreadable(file: string, error: unknown): CodedError {
  const reason = error instanceof Error ? error.message : String(error);
  return new CodedError('CONFIG_UNREADABLE', { file, reason }, { cause: error });
}
