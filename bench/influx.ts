import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { loadConfiguration } from '../src/campus/load.ts';
import { loadProfiles } from '../src/campus/profile.ts';
import { systemClock } from '../src/clock.ts';
import { Core } from '../src/core.ts';
import { createForwarder } from '../src/influx/create.ts';
import { lineHead } from '../src/influx/lines.ts';
import { median } from './figures.ts';
import type { Figure, Measurement } from './measurement.ts';

const DEVICES = 500;
const BATCH = 5_000;
/** Messages that wait for their acknowledgement. */
const WINDOW = 2_000;
const GOAL = 100_000;
const PROFILES = new URL('../devices', import.meta.url).pathname;
const PROGRAM = 'victoria-metrics';

/** VictoriaMetrics on a folder of its own; undefined where it is not installed. */
class Server implements AsyncDisposable {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(url: string, child: ChildProcess, folder: string) {
    this.url = url;
    this.#child = child;
    this.#folder = folder;
  }

  static async start(): Promise<Server | undefined> {
    const folder = mkdtempSync(join(tmpdir(), 'campus-bench-'));
    const address = `127.0.0.1:${await freePort()}`;
    const args = [
      `-httpListenAddr=${address}`,
      `-storageDataPath=${folder}`,
      '-retentionPeriod=10y',
    ];
    const child = spawn(PROGRAM, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const isThere = await Promise.race([
      once(child, 'error').then(() => false),
      ready(child).then(() => true),
    ]);
    return isThere ? new Server(`http://${address}`, child, folder) : undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGTERM');
    await once(this.#child, 'exit');
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function ready(child: ChildProcess): Promise<void> {
  if (!child.stderr) return;
  for await (const line of createInterface({ input: child.stderr })) {
    if (line.includes('pprof handlers are exposed')) break;
  }
  child.stderr.resume();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}

/** A core with its devices, and what they send. */
class Site implements AsyncDisposable {
  readonly core: Core;
  readonly #folder = mkdtempSync(join(tmpdir(), 'campus-bench-'));
  readonly #log = pino({ level: 'silent' });
  #sent = 0;
  readonly #began = Date.now() - 7 * 86_400_000;

  constructor(url: string | undefined) {
    const config = join(this.#folder, 'campus.yaml');
    const devices = Array.from(
      { length: DEVICES },
      (_, i) => `  - {id: meter-${i}, profile: generic/electricity-meter}`,
    );
    writeFileSync(
      config,
      `campus: {id: bench, name: Bench}
${url === undefined ? '' : `influx: {url: "${url}", maxRows: 100000000}`}
devices:
${devices.join('\n')}
`,
    );
    const configuration = loadConfiguration(config, loadProfiles(PROFILES));
    const file = join(this.#folder, 'campus.db');
    this.core = new Core({ file, clock: systemClock, log: this.#log, configuration });
  }

  /** Takes messages as fast as they can be stored, until so many are; answers readings a second. */
  async ingest(count: number): Promise<number> {
    const { pipeline } = this.core;
    const { promise, resolve } = Promise.withResolvers<void>();
    let begun = 0;
    let done = 0;
    const next = () => {
      begun += 1;
      pipeline.receive({ ...this.#message(), settle: acknowledged });
    };
    const acknowledged = () => {
      done += 1;
      if (begun < count) next();
      if (done === count) resolve();
    };
    const before = performance.now();
    for (let i = 0; i < Math.min(WINDOW, count); i++) next();
    await promise;
    return (count / (performance.now() - before)) * 1000;
  }

  /** Lets the forwarder send what waits while `work` runs; answers lines a second, and the work's. */
  async forward<T>(work: () => Promise<T>): Promise<{ rate: number; worked: T }> {
    const options = { clock: systemClock, log: this.#log, token: undefined };
    const forwarder = createForwarder(this.core, options);
    if (!forwarder) throw new Error('no InfluxDB is configured');
    forwarder.start();
    // its thread is up
    while (forwarder.counters.written === 0) await wait(1);
    const { written } = forwarder.counters;
    const before = performance.now();
    const worked = await work();
    const seconds = (performance.now() - before) / 1000;
    await forwarder.stop();
    return { rate: (forwarder.counters.written - written) / seconds, worked };
  }

  async drained(): Promise<void> {
    while ((this.core.influx?.waiting ?? 0) > 0) await wait(2);
  }

  /** Full requests as the forwarder would make them. */
  requests(count: number): Buffer[] {
    const heads = [...this.core.configuration.devices.values()].map((device) =>
      lineHead(device, 'energy'),
    );
    return Array.from({ length: count }, (_, batch) => {
      const lines = Array.from({ length: BATCH }, (_, i) => {
        const round = Math.floor((batch * BATCH + i) / DEVICES);
        return `${heads[i % DEVICES]}${value(batch * BATCH + i)} ${this.#began + round * 500}`;
      });
      return gzipSync(lines.join('\n'));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.core.close();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #message() {
    const device = this.#sent % DEVICES;
    const time = new Date(this.#began + Math.floor(this.#sent / DEVICES) * 500).toISOString();
    const payload = Buffer.from(`{"time":"${time}","values":{"power":${value(this.#sent)}}}`);
    this.#sent += 1;
    return { topic: `campus/bench/meter-${device}/up`, payload, replayed: false };
  }
}

const value = (i: number): number => 10 + (i % 9_973) / 100;

/** Requests that are ready, one after the other: what the server itself can take. */
async function writeDirectly(url: string, bodies: readonly Buffer[]): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const before = performance.now();
  for (const body of bodies) {
    const headers = { 'content-encoding': 'gzip', 'content-length': body.length };
    const path = '/api/v2/write?org=&bucket=campus&precision=ms';
    const sent = request(`${url}${path}`, { method: 'POST', agent, headers });
    sent.end(body);
    const [answer] = await once(sent, 'response');
    if (answer.statusCode !== 204) throw new Error(`HTTP ${answer.statusCode}`);
    answer.resume();
    await once(answer, 'end');
  }
  const rate = ((bodies.length * BATCH) / (performance.now() - before)) * 1000;
  agent.destroy();
  return rate;
}

/** How fast a backlog gets to the server, and what that costs those who still come in. */
export const influx: Measurement = async ({ quick }, say) => {
  await using server = await Server.start();
  if (!server) {
    say(`influx: skipped, ${PROGRAM} is not installed`);
    return [];
  }
  const rounds = quick ? 1 : 3;
  const slices = quick ? 2 : 6;
  const backlog = quick ? 50_000 : 500_000;
  const slice = quick ? 10_000 : 40_000;
  say(`influx: a backlog of ${backlog} lines to VictoriaMetrics, ${rounds} ×`);
  const found: Record<'direct' | 'catchUp' | 'without' | 'alone' | 'during' | 'under', number[]> = {
    direct: [],
    catchUp: [],
    without: [],
    alone: [],
    during: [],
    under: [],
  };
  for (let round = 0; round < rounds; round++) {
    await using plain = new Site(undefined);
    await using site = new Site(server.url);
    found.direct.push(await writeDirectly(server.url, site.requests(backlog / BATCH)));
    await site.ingest(backlog);
    found.catchUp.push((await site.forward(() => site.drained())).rate);
    await plain.ingest(backlog);
    await site.ingest(backlog);
    // in turn, so that a busy moment of the machine hits all
    for (let i = 0; i < slices; i++) {
      found.without.push(await plain.ingest(slice));
      found.alone.push(await site.ingest(slice));
      const { rate, worked } = await site.forward(() => site.ingest(slice));
      found.during.push(worked);
      found.under.push(rate);
    }
  }
  const direct = { name: 'requests made before', value: median(found.direct) };
  const figures: Figure[] = [
    {
      name: 'InfluxDB: catching up after an outage',
      value: median(found.catchUp),
      unit: 'lines/s',
      baseline: direct,
      goal: { atLeast: Math.min(GOAL, direct.value) },
    },
    {
      name: 'InfluxDB: the same under full ingest',
      value: median(found.under),
      unit: 'lines/s',
      baseline: direct,
    },
    {
      name: 'InfluxDB: ingest while catching up',
      value: median(found.during),
      unit: '/s',
      baseline: { name: 'ingest alone', value: median(found.alone) },
      goal: { ratioAtLeast: 0.8 },
    },
    {
      name: 'InfluxDB: ingest with its outbox',
      value: median(found.alone),
      unit: '/s',
      baseline: { name: 'without', value: median(found.without) },
    },
  ];
  return figures;
};
