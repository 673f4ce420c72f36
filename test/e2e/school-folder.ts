import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const SECRET = { CAMPUS_WEBHOOK_SECRET: 'a-secret-of-the-tests' };

/** A temporary folder with a school's files and its data. */
export class SchoolFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'campus-e2e-'));
  readonly data = join(this.path, 'data');

  write(name: string, text: string): string {
    const file = join(this.path, name);
    writeFileSync(file, text);
    return file;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
