import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { InfluxDB } from '@influxdata/influxdb-client';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { pointKey } from './fake-influx.ts';

export type Points = Map<string, number | boolean | string>;

/** A real server to write to and read back from. */
export interface RealServer extends AsyncDisposable {
  url: string;
  /** The rest of the section influx, as YAML lines. */
  influx: string;
  token: string | undefined;
  org: string;
  /** Every point of a campus. */
  read(campus: string): Promise<Points>;
  /** Goes away, with what it has on its disk, and comes back; undefined: it is not ours to stop. */
  process: { stop(): Promise<void>; start(): Promise<void> } | undefined;
}

/** The paths of a program, where there is one of that name. */
export const findPrograms = (name: string): string[] =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .filter((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });

/** An influxd that is InfluxDB 2: the program of InfluxDB 1 has the same name. */
export const findInfluxd = (): string | undefined =>
  findPrograms('influxd').find((file) => {
    const { stdout } = spawnSync(file, ['version'], { encoding: 'utf8' });
    return /^InfluxDB v?2\./.test(stdout);
  });

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/** A program of ours that says in its log when it can be asked. */
class Program {
  readonly #file: string;
  readonly #args: readonly string[];
  readonly #isReady: RegExp;
  #child: ChildProcess | undefined;

  constructor(file: string, args: readonly string[], isReady: RegExp) {
    this.#file = file;
    this.#args = args;
    this.#isReady = isReady;
  }

  async start(): Promise<void> {
    const child = spawn(this.#file, this.#args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    const said: string[] = [];
    await new Promise<void>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on('line', (line) => {
          said.push(line);
          if (this.#isReady.test(line)) resolve();
        });
      }
      child.once('exit', () => reject(new Error(`${this.#file} ended: ${said.join('\n')}`)));
      child.once('error', reject);
    });
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
}

/** VictoriaMetrics knows numbers of 15 digits only: true is 1. */
export async function startVictoriaMetrics(file: string): Promise<RealServer> {
  const folder = mkdtempSync(join(tmpdir(), 'campus-test-'));
  const port = await freePort();
  const program = new Program(
    file,
    [
      `-httpListenAddr=127.0.0.1:${port}`,
      `-storageDataPath=${folder}`,
      '-retentionPeriod=100y',
      // the same point sent twice is one point, as in InfluxDB
      '-dedup.minScrapeInterval=1ms',
    ],
    /pprof handlers are exposed/,
  );
  await program.start();
  const url = `http://127.0.0.1:${port}`;
  const Series = Type.Object({
    metric: Type.Record(Type.String(), Type.String()),
    values: Type.Array(Type.Number()),
    timestamps: Type.Array(Type.Number()),
  });
  return {
    url,
    influx: '',
    token: undefined,
    org: '',
    process: { start: () => program.start(), stop: () => program.stop() },
    async read(campus) {
      await fetch(`${url}/internal/force_flush`);
      const body = new URLSearchParams({ 'match[]': `{campus="${campus}"}` });
      const answer = await fetch(`${url}/api/v1/export`, { method: 'POST', body });
      const points: Points = new Map();
      for (const line of (await answer.text()).split('\n').filter(Boolean)) {
        const { metric, values, timestamps } = Value.Parse(Series, JSON.parse(line));
        const { __name__ = '', db: _, ...tags } = metric;
        const [, measurement = '', field = ''] = /^(cold_storage|[^_]+)_(.*)$/.exec(__name__) ?? [];
        for (const [i, time] of timestamps.entries()) {
          const key = pointKey(measurement, tags, field, time);
          if (points.has(key)) throw new Error(`${key} is there twice`);
          points.set(key, Number(values[i]));
        }
      }
      return points;
    },
    async [Symbol.asyncDispose]() {
      await program.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Influx2 {
  url: string;
  token: string;
  org: string;
  bucket: string;
}

async function readInflux2({ url, token, org, bucket }: Influx2, campus: string): Promise<Points> {
  const rows = await new InfluxDB({ url, token, timeout: 60_000 }).getQueryApi(org).collectRows(
    `from(bucket: "${bucket}") |> range(start: 2000-01-01T00:00:00Z, stop: 2100-01-01T00:00:00Z)
       |> filter(fn: (r) => r.campus == "${campus}")`,
    (values, meta) => meta.toObject(values),
  );
  const Row = Type.Record(Type.String(), Type.Unknown());
  const points: Points = new Map();
  for (const found of rows) {
    const { _measurement, _field, _time, _value, ...rest } = Value.Parse(Row, found);
    const tags = Object.entries(rest).flatMap(([key, value]): [string, string][] =>
      /^_|^result$|^table$/.test(key) || typeof value !== 'string' ? [] : [[key, value]],
    );
    const time = Date.parse(String(_time));
    const key = pointKey(String(_measurement), Object.fromEntries(tags), String(_field), time);
    if (points.has(key)) throw new Error(`${key} is there twice`);
    points.set(
      key,
      typeof _value === 'string' || typeof _value === 'boolean' ? _value : Number(_value),
    );
  }
  return points;
}

const sectionOf = ({ org, bucket }: Influx2): string => `  org: ${org}\n  bucket: ${bucket}`;

async function setUp(url: string, path: string, token: string | undefined, body: object) {
  const answer = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: token === undefined ? {} : { authorization: `Token ${token}` },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status} ${await answer.text()}`);
  const found: unknown = await answer.json();
  return found;
}

/** InfluxDB 2 on a folder of its own, set up through its API. */
export async function startInfluxd(file: string): Promise<RealServer> {
  const folder = mkdtempSync(join(tmpdir(), 'campus-test-'));
  const port = await freePort();
  const program = new Program(
    file,
    [
      `--http-bind-address=127.0.0.1:${port}`,
      `--bolt-path=${join(folder, 'bolt')}`,
      `--engine-path=${join(folder, 'engine')}`,
      `--sqlite-path=${join(folder, 'sqlite')}`,
      '--reporting-disabled',
    ],
    /msg=Listening.* transport=http/,
  );
  await program.start();
  const url = `http://127.0.0.1:${port}`;
  const database: Influx2 = { url, token: 'a token of the test', org: 'school', bucket: 'campus' };
  const { token, org, bucket } = database;
  const user = { username: 'test', password: 'a password of the test' };
  await setUp(url, '/api/v2/setup', undefined, { ...user, org, bucket, token });
  return {
    url,
    influx: sectionOf(database),
    token,
    org,
    process: { start: () => program.start(), stop: () => program.stop() },
    read: (campus) => readInflux2(database, campus),
    async [Symbol.asyncDispose]() {
      await program.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** An InfluxDB 2 that runs already: INFLUX_URL, INFLUX_TOKEN, INFLUX_ORG; gets a bucket of its own. */
export async function useInflux(url: string): Promise<RealServer> {
  const { INFLUX_TOKEN: token = '', INFLUX_ORG: org = '' } = process.env;
  const authorization = `Token ${token}`;
  const found = await fetch(`${url}/api/v2/orgs?${new URLSearchParams({ org })}`, {
    headers: { authorization },
  });
  const Orgs = Type.Object({ orgs: Type.Array(Type.Object({ id: Type.String() })) });
  const orgID = Value.Parse(Orgs, await found.json()).orgs[0]?.id;
  const database: Influx2 = { url, token, org, bucket: `campus-test-${process.pid}` };
  const made = await setUp(url, '/api/v2/buckets', token, { orgID, name: database.bucket });
  const { id } = Value.Parse(Type.Object({ id: Type.String() }), made);
  return {
    url,
    influx: sectionOf(database),
    token,
    org,
    process: undefined,
    read: (campus) => readInflux2(database, campus),
    async [Symbol.asyncDispose]() {
      await fetch(`${url}/api/v2/buckets/${id}`, { method: 'DELETE', headers: { authorization } });
    },
  };
}
