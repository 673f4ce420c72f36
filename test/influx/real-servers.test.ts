import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Gate } from './gate.ts';
import {
  findInfluxd,
  findPrograms,
  type Points,
  type RealServer,
  startInfluxd,
  startVictoriaMetrics,
  useInflux,
} from './real-servers.ts';
import { Rig, type RigOptions } from './rig.ts';

const FORWARD = new URL('./fixtures/forward.ts', import.meta.url);

const [victoriaMetrics] = findPrograms('victoria-metrics');
const influxd = findInfluxd();
const influxUrl = process.env.INFLUX_URL;

interface Candidate {
  name: string;
  isInflux: boolean;
  /** undefined: it is not here, and the tests say so by their name. */
  open: (() => Promise<RealServer>) | undefined;
}

const CANDIDATES: Candidate[] = [
  {
    name: victoriaMetrics
      ? 'VictoriaMetrics'
      : 'VictoriaMetrics (skipped: no victoria-metrics here)',
    isInflux: false,
    open: victoriaMetrics ? () => startVictoriaMetrics(victoriaMetrics) : undefined,
  },
  {
    name:
      influxUrl || influxd
        ? 'InfluxDB 2'
        : 'InfluxDB 2 (skipped: no INFLUX_URL, and no influxd 2 here)',
    isInflux: true,
    open: influxUrl
      ? () => useInflux(influxUrl)
      : influxd
        ? () => startInfluxd(influxd)
        : undefined,
  },
];

describe.each(CANDIDATES.map((one) => [one.name, one] as const))('%s', (_name, one) => {
  const { isInflux, open } = one;
  let server: RealServer;
  const here = test.skipIf(!open);

  beforeAll(async () => {
    if (open) server = await open();
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });

  const optionsFor = (campus: string, url = server.url): RigOptions => {
    const { influx, token } = server;
    return { campus, url, influx, ...(token === undefined ? {} : { token }) };
  };
  /** What should be there; VictoriaMetrics knows numbers of 15 digits only. */
  const expected = (rig: Rig): Points => {
    const said = (value: number | boolean) =>
      isInflux ? value : Number(Number(value).toPrecision(15));
    return new Map([...rig.expected()].map(([key, value]) => [key, said(value)]));
  };
  const readings = async (campus: string): Promise<Points> => {
    const points = await server.read(campus);
    return new Map([...points].filter(([key]) => key.startsWith('["cold_storage"')));
  };

  here('has every reading with its value and time', async () => {
    await using rig = Rig.open(optionsFor('every'));
    const values = [0, -0, 1, -18.25, 0.1 + 0.2, 1e-7, 123_456.789, -99_999_999, 21.37];
    for (const [i, temperature] of values.entries()) {
      rig.read({ temperature, door: i % 2 === 0 }, { at: rig.clock.now() - i * 60_000 });
    }
    rig.readMany(12_000);
    await rig.begin();
    await rig.pass('1s');
    expect(rig.running.counters).toMatchObject({ failures: 0, refused: 0 });
    expect(await readings('every')).toEqual(expected(rig));
  });

  here('has names with all that names can hold', async () => {
    await using rig = Rig.open(optionsFor('names'));
    const tags = {
      campus: 'names',
      zone: '食堂 / 1 号,冷冻=柜',
      device: `"quoted" 'single' #1 C:\\dir\\`,
      'key, with = all': 'two\nlines\\',
    };
    rig.core.influx?.enqueue({
      measurement: 'alarm',
      tags,
      fields: { 'value of, it=': 8.5, title: '说"好"\\\n, a=b' },
      time: rig.clock.now(),
    });
    await rig.begin();
    const points = [...(await server.read('names'))].map(([key, value]) => [
      JSON.parse(key),
      value,
    ]);
    const said = Object.entries({
      campus: 'names',
      zone: tags.zone,
      device: `"quoted" 'single' #1 C:/dir/`,
      'key, with = all': 'two lines/',
    }).sort();
    expect(points).toContainEqual([['alarm', said, 'value of, it=', rig.clock.now()], 8.5]);
    expect(points).toHaveLength(2);
    if (isInflux) expect(points.map(([, value]) => value)).toContain('说"好"\\ , a=b');
  });

  here('was away for ten minutes: every reading is there exactly once', async () => {
    await using gate = new Gate(server.url);
    await gate.open();
    const { process } = server;
    const away = () => process?.stop() ?? gate.close();
    const back = () => process?.start() ?? gate.open();
    await using rig = Rig.open(optionsFor('away', process ? server.url : gate.url));
    await rig.begin();
    const tick = async () => {
      for (let probe = 1; probe <= 3; probe++) {
        rig.read({ temperature: rig.clock.now() % 977, door: probe === 2 }, { probe });
      }
      await rig.pass('5s');
    };
    await tick();
    await away();
    for (let i = 0; i < 120; i++) await tick();
    expect(rig.waiting).toBeGreaterThanOrEqual(720);
    await back();
    await tick();
    await rig.pass('65s');
    expect(rig.waiting).toBe(0);
    expect(await readings('away')).toEqual(expected(rig));
  });

  here('sees a gateway killed in the middle of the catch-up: exactly once too', async () => {
    await using gate = new Gate(server.url);
    await gate.open();
    await using rig = Rig.open(optionsFor('killed', gate.url));
    rig.readMany(12_000);
    const wanted = expected(rig);
    const file = rig.freeze();
    const options = `${file}.json`;
    writeFileSync(options, JSON.stringify(optionsFor('killed', gate.url)));
    const run = () => fork(FORWARD, [file, options], { stdio: 'inherit' });
    const first = run();
    const ended = once(first, 'exit');
    await gate.holdAfter(1);
    first.kill('SIGKILL');
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect((await readings('killed')).size).toBe(5_000);
    const [code] = await once(run(), 'exit');
    expect(code).toBe(0);
    expect(await readings('killed')).toEqual(wanted);
  });

  here('gets stored history when it comes later', async () => {
    await using rig = Rig.open({ campus: 'history' });
    rig.readMany(6_000);
    await rig.restart(optionsFor('history'));
    await rig.begin();
    rig.running.export(0, undefined);
    await rig.running.settled();
    expect(rig.running.exportProgress).toMatchObject({ done: true, sent: 6_000 });
    expect(await readings('history')).toEqual(expected(rig));
  });

  // VictoriaMetrics takes any type, from anybody
  if (!isInflux) return;

  here.each(['new in the request', 'known'])(
    'refuses a field of the wrong type: one dead letter, the others are there; the field is %s',
    async (how) => {
      const campus = how === 'known' ? 'known' : 'new';
      const measurement = `type_${campus}`;
      await using rig = Rig.open(optionsFor(campus));
      const point = (i: number, value: number | string) => ({
        measurement,
        tags: { campus },
        fields: { value },
        time: rig.clock.now() + i,
      });
      rig.core.influx?.enqueue(point(-1, 1));
      if (how === 'known') await rig.begin();
      const points = Array.from({ length: 4_999 }, (_, i) => point(i, i === 2_500 ? 'text' : i));
      rig.core.influx?.enqueue(...points);
      if (how === 'known') await rig.pass('2s');
      else await rig.begin();
      expect(rig.deadLetters).toMatchObject([
        { reason: 'INFLUX_REFUSED', detail: expect.stringContaining('field type conflict') },
      ]);
      expect(rig.deadLetters[0]?.text).toMatch(/ value="text" \d+$/);
      expect((await server.read(campus)).size).toBe(4_999);
      expect(rig.alarms).toEqual([]);
    },
    20_000,
  );

  here('refuses a wrong token, and takes everything with the right one', async () => {
    await using rig = Rig.open({ ...optionsFor('token'), token: 'wrong' });
    rig.readMany(50);
    await rig.begin();
    expect(rig.alarms).toEqual(['influx-credentials']);
    await rig.restart(optionsFor('token'));
    await rig.begin();
    expect(rig.alarms).toEqual([]);
    expect(await readings('token')).toEqual(expected(rig));
  });

  here.each([
    ['bucket', true, 'influx-bucket'],
    ['organisation', false, 'influx-request'],
  ])('does not know the %s: kept, and told', async (_what, hasOrg, alarm) => {
    const influx = `${hasOrg ? `  org: ${server.org}\n` : ''}  bucket: nowhere`;
    await using rig = Rig.open({ ...optionsFor('setting'), influx });
    rig.readMany(50);
    await rig.begin();
    expect(rig.alarms).toEqual([alarm]);
    expect(rig.deadLetters).toEqual([]);
    expect(rig.waiting).toBe(51);
  });
});
