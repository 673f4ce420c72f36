import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { Gateway } from '../../src/gateway.ts';
import { FakeInflux } from './fake-influx.ts';

const START = Date.parse('2025-03-05T08:00:00+08:00');
const DAY = 86_400_000;
const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;

/** A whole gateway with a server that plays InfluxDB. */
class Site implements AsyncDisposable {
  readonly clock = new VirtualClock(START);
  readonly server = new FakeInflux();
  readonly folder = mkdtempSync(join(tmpdir(), 'campus-test-'));
  readonly config = join(this.folder, 'campus.yaml');
  readonly data = join(this.folder, 'data');
  gateway: Gateway | undefined;

  async open({ hasInflux = true, env = { INFLUX_TOKEN: 'secret' } } = {}): Promise<Gateway> {
    if (!this.server.isListening) await this.server.listen();
    const influx = `influx: {url: "${this.server.url}", tokenEnv: INFLUX_TOKEN, instance: north}`;
    writeFileSync(
      this.config,
      `campus: {id: qingcheng, name: 青城小学}
${hasInflux ? influx : ''}
devices:
  - {id: freezer, profile: generic/freezer}
  - {id: water, profile: generic/water-meter}
`,
    );
    const { config, data, clock } = this;
    const log = pino({ level: 'silent' });
    this.gateway = await Gateway.open({
      ...{ config, data, clock, log, env },
      httpPort: 0,
      mqttPort: 0,
    });
    await this.gateway.start();
    return this.gateway;
  }

  async close(): Promise<void> {
    await this.gateway?.stop();
    this.gateway = undefined;
  }

  /** A message as it comes from a device; resolves once it is acknowledged. */
  async publish(device: string, values: object, time = this.clock.now()): Promise<void> {
    const payload = Buffer.from(JSON.stringify({ time: new Date(time).toISOString(), values }));
    const topic = `campus/qingcheng/${device}/up`;
    await new Promise<void>((resolve, reject) => {
      const settle = (error?: Error) => (error ? reject(error) : resolve());
      this.gateway?.core.pipeline.receive({ topic, payload, replayed: false, settle });
    });
  }

  async ask(path: string, body?: object) {
    const response = await fetch(`${this.gateway?.urls.http}${path}`, {
      ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
      headers: body ? { 'content-type': 'application/json' } : {},
    });
    return { status: response.status, body: await response.text() };
  }

  /** Runs the command line. */
  async command(...args: string[]) {
    const all = [MAIN, ...args, '--config', this.config, '--data', this.data, '--json'];
    const child = spawn(process.execPath, all, { env: { ...process.env, INFLUX_TOKEN: 'secret' } });
    const [out, error] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ]);
    return { out, error };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    await this.server[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

describe('a gateway with InfluxDB', () => {
  test('says in /health and /metrics how it stands', async () => {
    await using site = new Site();
    await site.open();
    const { clock, server } = site;
    server.answer = () => ({ status: 401 });
    await site.publish('freezer', { temperature: -18.5 });
    clock.moveTo(clock.now() + 1_000);
    await server.requests(1);
    await expect.poll(async () => (await site.ask('/health')).status).toBe(503);
    clock.moveTo(clock.now() + 4_000);
    const { parts } = JSON.parse((await site.ask('/health')).body);
    expect(parts.influx).toEqual({
      ok: false,
      problem: 'HTTP 401',
      figures: { waiting: 2, oldestMs: 5_000, lagMs: 0, rejected: 0, dropped: 0 },
    });
    const { body } = await site.ask('/metrics');
    expect(body).toContain('campus_gateway_influx_waiting 2\n');
    expect(body).toContain('campus_gateway_influx_oldest_seconds 5\n');
    expect(body).toContain('campus_gateway_influx_up 0\n');
    expect(body).toContain('campus_gateway_influx_failures_total 1\n');
    server.answer = () => undefined;
    // a minute, give or take a quarter
    clock.moveTo(clock.now() + 75_000);
    await expect.poll(async () => (await site.ask('/metrics')).body).toContain('influx_up 1\n');
    expect(server.seen[0]?.headers.authorization).toBe('Token secret');
  });

  test('writes how the targets stand', async () => {
    await using site = new Site();
    await site.open();
    const { clock, server } = site;
    for (let hour = 0; hour <= 24; hour++) {
      await site.publish(
        'water',
        { volume: 100 + hour },
        START - 32 * 3_600_000 + hour * 3_600_000,
      );
    }
    // what is known of one day of two years is no ground for a verdict
    clock.moveTo(clock.now() + 60_000);
    const lines = () => {
      clock.moveTo(clock.now() + 1_000);
      return server.seen.flatMap((seen) => seen.lines).filter((line) => /^target,/.test(line));
    };
    await expect
      .poll(lines)
      .toEqual([
        expect.stringMatching(
          /^target,campus=qingcheng,target=water goal=-5,coverage=0,verdict="insufficient" /,
        ),
      ]);
  });

  test('writes each minute how it is itself', async () => {
    await using site = new Site();
    await site.open();
    const { clock, server } = site;
    await site.publish('freezer', { temperature: -18.5 });
    clock.moveTo(clock.now() + 60_000);
    clock.moveTo(clock.now() + 1_000);
    await expect
      .poll(() =>
        server.seen.flatMap(({ lines }) => lines).filter((line) => /^gateway,/.test(line)),
      )
      .toEqual([
        expect.stringMatching(
          /^gateway,instance=north ok=true,messages=1,readings=1,.* 1741132860000$/,
        ),
      ]);
    const fields = [...server.points.keys()].flatMap((key) => {
      const [measurement, , field] = JSON.parse(key);
      return measurement === 'gateway' ? [field] : [];
    });
    expect(fields).toEqual(
      expect.arrayContaining([
        ...['readings', 'messages', 'waiting', 'late', 'refused', 'dead_letters', 'outbox_rows'],
        ...['outbox_age_ms', 'notifications_pending', 'clients', 'open_alarms'],
      ]),
    );
  });

  test('has nothing of it without the section', async () => {
    await using site = new Site();
    await site.open({ hasInflux: false });
    await site.publish('freezer', { temperature: -18.5 });
    const { parts } = JSON.parse((await site.ask('/health')).body);
    expect(parts.influx).toBeUndefined();
    expect((await site.ask('/metrics')).body).not.toContain('influx');
    const answer = await site.ask('/api/v1/exports/influx', { from: '2025-03-03' });
    expect(answer.status).toBe(409);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'INFLUX_MISSING' });
  });

  test('does not start without its token, and leaves the folder free', async () => {
    await using site = new Site();
    await expect(site.open({ env: { INFLUX_TOKEN: '' } })).rejects.toMatchObject({
      code: 'SECRET_MISSING',
    });
    await site.open();
  });
});

describe('export', () => {
  /** Readings of two days, stored before there was an InfluxDB. */
  async function withHistory(site: Site): Promise<void> {
    await site.open({ hasInflux: false });
    for (let hour = 40; hour > 0; hour--) {
      const time = START + (40 - hour) * 3_600_000 - 2 * DAY;
      await site.publish('freezer', { temperature: -hour / 10 - 18 }, time);
      await site.publish('water', { volume: 500 - hour }, time);
    }
    await site.close();
  }

  test('by the API: its days are the campus’s', async () => {
    await using site = new Site();
    await withHistory(site);
    await site.open();
    expect(JSON.parse((await site.ask('/api/v1/exports/influx')).body)).toEqual({});
    const wrong = await site.ask('/api/v1/exports/influx', { from: '2025-02-30' });
    expect(wrong.status).toBe(400);
    const days = { from: '2025-03-03', until: '2025-03-03' };
    const begun = await site.ask('/api/v1/exports/influx', days);
    expect(begun.status).toBe(200);
    expect(JSON.parse(begun.body)).toMatchObject({
      from: '2025-03-02T16:00:00.000Z',
      until: '2025-03-03T16:00:00.000Z',
      done: false,
    });
    await expect
      .poll(async () => JSON.parse((await site.ask('/api/v1/exports/influx')).body).export)
      .toMatchObject({ done: true, sent: 32 });
    expect(site.server.points.size).toBe(32);
  });

  test('from the command line, through the gateway that runs', async () => {
    await using site = new Site();
    await withHistory(site);
    await site.open();
    const { out } = await site.command('export', '--to', 'influx', '--from', '2025-03-01');
    expect(JSON.parse(out)).toEqual({ sent: 80 });
    expect(site.server.points.size).toBe(80);
  });

  test('and by itself where none does', async () => {
    await using site = new Site();
    await withHistory(site);
    await site.open();
    await site.close();
    const run = ['export', '--to', 'influx', '--from', '2025-03-04', '--until', '2025-03-04'];
    const { out, error } = await site.command(...run);
    expect(error).toBe('');
    expect(JSON.parse(out)).toEqual({ sent: 48 });
    expect(site.server.points.size).toBe(48);
  });
});
