import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that is gone after the test. */
export class Folder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'campus-test-'));

  file(name: string): string {
    return join(this.path, name);
  }

  /** Writes a file; answers its path. */
  write(name: string, content: string | Uint8Array): string {
    const file = this.file(name);
    writeFileSync(file, content);
    return file;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
