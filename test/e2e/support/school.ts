import { join } from 'node:path';
import { DATABASE_FILE } from '../../../src/storage/backup.ts';
import { Database } from '../../../src/storage/database.ts';
import { createCredentialStore } from '../../../src/transport/credential-store.ts';
import { Folder } from '../../harness/folder.ts';
import { CommandLine, type Ended, run } from './process.ts';

/** The secret that signs what goes to the phone. */
export const SECRET = 'a secret for tests';
const PASSWORD = 'a password for tests';

/** A school on disk: its configuration and its data, gone after the test. */
export class School implements Disposable {
  readonly folder = new Folder();
  readonly data = this.folder.file('data');
  config: string;

  /** `yaml` is campus.yaml; a school of several files says where they lie. */
  constructor(yaml: string, config?: string) {
    this.config = config ?? this.folder.write('campus.yaml', yaml);
  }

  /** Runs a command on this school to its end. */
  command(...words: string[]): Promise<Ended> {
    return run([...words, ...this.#where], { env: ENVIRONMENT });
  }

  /** Gives users their password before the gateway starts; answers it. All have the same. */
  async giveCredentials(...users: string[]): Promise<string> {
    const database = new Database(this.database);
    const store = createCredentialStore(database);
    await Promise.all(users.map((user) => store.save(user, PASSWORD)));
    database.close();
    return PASSWORD;
  }

  /** Starts the gateway; resolves once it says that it runs. */
  async open(...options: string[]): Promise<Gateway> {
    const gateway = this.opening(...options);
    try {
      await gateway.runs();
      return gateway;
    } catch (error) {
      await gateway.dies();
      throw error;
    }
  }

  /** The same without waiting. */
  opening(...options: string[]): Gateway {
    const ports = ['--http-port', '0', '--mqtt-port', '0'];
    return new Gateway(['start', ...this.#where, ...ports, ...options], ENVIRONMENT);
  }

  get database(): string {
    return join(this.data, DATABASE_FILE);
  }

  get #where(): string[] {
    return ['--config', this.config, '--data', this.data];
  }

  [Symbol.dispose](): void {
    this.folder[Symbol.dispose]();
  }
}

const ENVIRONMENT = { CAMPUS_WEBHOOK_SECRET: SECRET, OTHER_WEBHOOK_SECRET: `${SECRET}, another` };

/** A gateway in a process of its own. */
export class Gateway extends CommandLine {
  http = '';
  mqtt = '';

  /** Resolves once it says that it runs, and where. */
  async runs(): Promise<void> {
    const [, http = '', mqtt = ''] = await this.says(/is running: (http:\S+) +(mqtt:\S+)\n/);
    this.http = http;
    this.mqtt = mqtt;
  }

  /** What the API answers, whatever the status. */
  async asks<T>(path: string, body?: object): Promise<T> {
    const response = await fetch(`${this.http}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    // what the API says is tested in test/http; here its answers are taken as documented
    return JSON.parse(await response.text());
  }

  /** The newest values of a device, by metric. */
  async latest(device: string): Promise<Record<string, unknown>> {
    const { values = [] } = await this.asks<{ values?: { metric: string; value: unknown }[] }>(
      `/api/v1/devices/${device}`,
    );
    return Object.fromEntries(values.map(({ metric, value }) => [metric, value]));
  }

  async alarms(query = ''): Promise<AlarmSaid[]> {
    return (await this.asks<{ alarms: AlarmSaid[] }>(`/api/v1/alarms?${query}`)).alarms;
  }
}

/** Some of what the API says about an alarm. */
export interface AlarmSaid {
  id: number;
  campus: string;
  device: string;
  rule: string;
  title: { zh: string };
  cleared?: string;
  acknowledgedBy?: string;
}
