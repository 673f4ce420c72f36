import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DATABASE_FILE } from '../src/storage/backup.ts';
import { Database } from '../src/storage/database.ts';
import { hashPassword } from '../src/transport/credentials.ts';
import { type Speaker, TIME } from './publisher.ts';

const CAMPUS = 'bench';
const PASSWORD = 'one password for every device';
export const WEBHOOK_SECRET = 'the secret of the bench';

export type Kind = 'freezer' | 'electricity-meter' | 'smoke-detector';

const VALUES: Record<Kind, string> = {
  freezer: '{"temperature":-20.4}',
  'electricity-meter': '{"energy":412345.67,"power":58.42,"voltage":228.1}',
  'smoke-detector': '{"smoke":true}',
};

export const READINGS: Record<Kind, number> = {
  freezer: 1,
  'electricity-meter': 3,
  'smoke-detector': 1,
};

export interface SchoolOptions {
  devices: Partial<Record<Kind, number>>;
  /** Changes to the rules of each device of a kind, in YAML. */
  rules?: Partial<Record<Kind, string>>;
  /** Where messages to the duty phone go. */
  phone?: string;
}

/** A school in temporary folders, with a password for each of its devices. */
export class School implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'campus-bench-'));
  readonly config = join(this.folder, 'campus.yaml');
  readonly data = join(this.folder, 'data');
  readonly database = join(this.data, DATABASE_FILE);
  readonly #devices: SchoolOptions['devices'];

  constructor({ devices, rules = {}, phone = 'http://127.0.0.1:9/' }: SchoolOptions) {
    this.#devices = devices;
    const lines = this.#ids().map(
      ([id, kind]) => `  - {id: ${id}, profile: generic/${kind}, rules: ${rules[kind] ?? '{}'}}`,
    );
    writeFileSync(
      this.config,
      `campus: {id: ${CAMPUS}, name: Bench}
people: [{id: duty, name: Duty}]
notify: {webhook: {url: "${phone}"}}
devices:
${lines.join('\n')}
`,
    );
  }

  /** All devices have one password and so one hash: to make ten thousand would take minutes. */
  async giveCredentials(): Promise<void> {
    const hash = await hashPassword(PASSWORD);
    const database = new Database(this.database);
    const add = database.prepare('INSERT INTO credential VALUES (?, ?) ON CONFLICT DO NOTHING');
    database.transaction(() => {
      for (const [id] of this.#ids()) add.run(`${CAMPUS}/${id}`, hash);
    });
    database.close();
  }

  /** The first devices of a kind, as publishers. */
  speakers(kind: Kind, count: number): Speaker[] {
    return Array.from({ length: count }, (_, i) => ({
      username: `${CAMPUS}/${kind}-${i}`,
      password: PASSWORD,
      topic: `campus/${CAMPUS}/${kind}-${i}/up`,
      payload: `{"time":"${TIME}","values":${VALUES[kind]}}`,
    }));
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #ids(): (readonly [string, Kind])[] {
    const kinds = Object.keys(VALUES) as Kind[];
    return kinds.flatMap((kind) =>
      Array.from({ length: this.#devices[kind] ?? 0 }, (_, i) => [`${kind}-${i}`, kind] as const),
    );
  }
}
