import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Type } from 'typebox';
import { Value } from 'typebox/value';

const Address = Type.Object({ url: Type.String() });

const fileIn = (folder: string): string => join(folder, 'demo-control.json');

/** Leaves word in the data folder of where faults can be asked for. */
export function announceControl(folder: string, url: string): { withdraw(): void } {
  mkdirSync(folder, { recursive: true });
  writeFileSync(fileIn(folder), JSON.stringify({ url }));
  return { withdraw: () => rmSync(fileIn(folder), { force: true }) };
}

/** Where faults can be asked for; what was killed has left word of where it was. */
export function findControl(folder: string): string | undefined {
  try {
    return Value.Parse(Address, JSON.parse(readFileSync(fileIn(folder), 'utf8'))).url;
  } catch {
    return undefined;
  }
}
