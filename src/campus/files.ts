import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The files of a configuration: campus.yaml, or those of a folder in order of their names. Hidden
 * ones are an editor's. Throws what the file system throws.
 */
export function configurationFiles(path: string): { folder: boolean; list: string[] } {
  if (!statSync(path).isDirectory()) return { folder: false, list: [path] };
  const names = readdirSync(path).filter((name) => /^[^.].*\.ya?ml$/.test(name));
  return { folder: true, list: names.sort().map((name) => join(path, name)) };
}
