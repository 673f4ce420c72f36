import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { SchoolPast } from '../../simulators/past.ts';
import { campusModel } from '../../simulators/physics/campus-model.ts';
import { VirtualClock } from '../../src/clock.ts';
import { Gateway } from '../../src/gateway.ts';
import { Folder } from '../harness/folder.ts';
import { at, HOUR, MINUTE, ROOT } from './fixture.ts';

/** Those of the story and those above them: all 117 would take longer and show nothing more. */
const KEPT =
  /id: water-main|\{id: (electricity-(main|office|office-2|sports-ground|boiler-room|boiler-pumps)|water-(dormitory|dormitory-3)), /;

/** The example school with few devices. */
function smallSchool(): string {
  const text = readFileSync(join(ROOT, 'campus.example.yaml'), 'utf8');
  const [head = '', rest = ''] = text.split(/^devices:\n/m);
  const end = rest.indexOf('\npeople:');
  const items = rest.slice(0, end).split(/^(?= {2}- )/m);
  const devices = items.filter((item) => KEPT.test(item)).join('');
  return `${head}devices:\n${devices}${rest.slice(end)}`;
}

/** The demonstration's gateway and what happened before it, on a clock that the test moves. */
class Site implements AsyncDisposable {
  readonly gateway: Gateway;
  readonly past: SchoolPast;
  readonly clock: VirtualClock;

  constructor(gateway: Gateway, past: SchoolPast, clock: VirtualClock) {
    this.gateway = gateway;
    this.past = past;
    this.clock = clock;
  }

  static async open(folder: Folder, now: number): Promise<Site> {
    const clock = new VirtualClock(now);
    const gateway = await Gateway.open({
      config: folder.write('campus.yaml', smallSchool()),
      data: folder.file('data'),
      log: pino({ level: 'silent' }),
      clock,
      env: { CAMPUS_WEBHOOK_SECRET: 'secret' },
      httpPort: 0,
      mqttPort: 0,
    });
    await gateway.start();
    const data = folder.file('data');
    return new Site(
      gateway,
      await SchoolPast.open(gateway, { data, hasStory: true, clock }),
      clock,
    );
  }

  /** What the meters would say, now and before. */
  get model() {
    const faultsOf = (key: string) =>
      this.past.faults.filter(({ devices }) => devices.includes(key));
    return campusModel(this.gateway.core.configuration, 1, faultsOf, this.past.of);
  }

  /** Every meter reports once. */
  report(): void {
    const { catalogue, pipeline } = this.gateway.core;
    const { model } = this;
    const time = this.clock.now();
    pipeline.transact(() => {
      for (const state of catalogue.devices.values()) {
        const values = Object.entries(model.values(state.device, time));
        expect(pipeline.admit(state, [{ time, values }], time, 0)).toEqual([]);
      }
    });
  }

  get readings(): number {
    const { database } = this.gateway.core;
    return Number(database.prepare('SELECT count(*) AS count FROM reading').get()?.count);
  }

  async ask(path: string) {
    const response = await fetch(`${this.gateway.urls.http}/api/v1/energy/${path}`);
    const answer: {
      amount: number;
      estimated: number;
      coverage: number | object;
      verdict?: string;
      quality: { kind: string }[];
    } = JSON.parse(await response.text());
    return answer;
  }

  consumption(device: string, from: string, to: string) {
    return this.ask(`consumption?device=${device}&from=${from}&to=${to}&by=hour`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.past.stop();
    await this.gateway.stop();
  }
}

test('the first start writes thirteen months behind the live readings, the second nothing twice', {
  timeout: 60_000,
}, async () => {
  using folder = new Folder();
  const begun = at('2026-11-27 09:00') + 12_345;
  let readings = 0;
  {
    await using site = await Site.open(folder, begun);
    site.report();
    // stopped in the middle of it
    const telling = site.past.tell();
    await site.past.stop();
    await telling;
    expect(site.readings).toBeLessThan(10_000);
  }
  {
    await using site = await Site.open(folder, begun + MINUTE);
    site.report();
    readings = site.readings + (await site.past.tell()).readings;
    expect(site.readings).toBe(readings);

    // what the generator knows is what the gateway answers
    for (const [device, metric] of [
      ['electricity-main', 'energy'],
      ['water-main', 'volume'],
      ['electricity-office-2', 'energy'],
    ] as const) {
      const state = site.gateway.core.catalogue.devices.get(`qingcheng/${device}`);
      const show = (time: string) =>
        Number(state && site.model.value(state.device, metric, at(time)));
      const used = show('2025-12-01 00:00') - show('2025-11-01 00:00');
      const answer = await site.consumption(device, '2025-11-01', '2025-12-01');
      expect(answer).toMatchObject({ coverage: 1, estimated: 0, quality: [] });
      expect(answer.amount).toBeCloseTo(used, 1);
    }
    // one that reports amounts is counted like those above it, but for their loss
    const pumps = await site.consumption('electricity-boiler-pumps', '2025-11-01', '2025-12-01');
    const above = await site.consumption('electricity-boiler-room', '2025-11-01', '2025-12-01');
    expect(pumps).toMatchObject({ coverage: 1, estimated: 0, quality: [] });
    expect(pumps.amount * 1.02).toBeCloseTo(above.amount, 1);
    const rolled = await site.consumption('electricity-sports-ground', '2025-11-01', '2026-11-27');
    expect(rolled.quality.map(({ kind }) => kind)).toEqual(['rollover']);
    const exchanged = await site.consumption('electricity-office-2', '2026-04-01', '2026-05-01');
    expect(exchanged).toMatchObject({ coverage: 1, estimated: 0, quality: [] });
    // with last year's bills before that: the plan is met for electricity, and missed for its leaks
    expect(await site.ask('target/electricity')).toMatchObject({ verdict: 'met' });
    const water = await site.ask('target/water');
    expect(water).toMatchObject({ verdict: 'missed', coverage: { actual: 1, baseline: 1 } });
    const lastHour = await site.consumption(
      'electricity-main',
      '2026-11-27T08:00',
      '2026-11-27T09:00',
    );
    expect(lastHour).toMatchObject({ coverage: 1, estimated: 0 });
  }
  {
    // the evening after: it was off for ten hours
    await using site = await Site.open(folder, begun + 10 * HOUR);
    const gap = site.readings - readings;
    site.report();
    await site.past.tell();
    const registers = 8;
    expect(gap).toBeGreaterThanOrEqual(registers * 115);
    const off = await site.consumption('electricity-main', '2026-11-27T10:00', '2026-11-27T18:00');
    expect(off).toMatchObject({ coverage: 1, estimated: 0, quality: [] });
    const records = site.gateway.core.database.prepare('SELECT kind FROM quality_record').all();
    expect(records.map(({ kind }) => kind)).toEqual(['rollover']);
    const all = site.readings;
    await site.past.tell();
    expect(site.readings).toBe(all);
  }
});
