import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '../errors.ts';
import { DATABASE_FILE } from './backup.ts';

/** What the demonstration writes before anything else: a folder that has it is simulated. */
export const DEMO_FILE = 'demo-secrets.json';

const isOfDemo = (folder: string): boolean => existsSync(join(folder, DEMO_FILE));

/** A simulated year is no school's last year. Throws DATA_OF_DEMO. */
export function refuseDemoData(folder: string): void {
  if (isOfDemo(folder)) throw new CodedError('DATA_OF_DEMO', { dir: folder });
}

/** Nothing simulated gets in among a school's own data. Throws DATA_OF_SCHOOL. */
export function refuseSchoolData(folder: string): void {
  if (existsSync(join(folder, DATABASE_FILE)) && !isOfDemo(folder)) {
    throw new CodedError('DATA_OF_SCHOOL', { dir: folder });
  }
}
