import { expect, test } from 'vitest';
import { createEnergy } from '../../../src/energy/energy.ts';
import { startTargetReports } from '../../../src/energy/target/reporter.ts';
import { configure } from '../../harness/configuration.ts';
import { errorLog, type Life } from '../../harness/life.ts';
import { type School, school } from '../../harness/school.ts';
import { send } from '../support.ts';
import { hourly, targetsOf } from './readings.ts';

const SCHOOL = configure({
  devices: '[{id: main, name: 总电表, profile: generic/electricity-meter}]',
});
SCHOOL.machine.influx = {
  url: 'http://influx.invalid',
  org: '',
  bucket: 'campus',
  instance: 'gateway',
  maxRows: 1_000_000,
  maxAge: '30d',
};

/** The gateway's morning reports, without its threads. */
const reports = ({ core, clock, complaints }: Life) =>
  startTargetReports({
    clock,
    log: errorLog(complaints),
    database: core.database,
    configuration: () => core.configuration,
    targets: targetsOf(core, clock),
    influx: core.influx,
    transact: (work) => core.pipeline.transact(work),
  });

const open = () => school(SCHOOL, '2026-03-10T05:30:00+08:00', { parts: reports });

/** 10 kWh an hour last year, 9 this year. */
function meterBoth(campus: School, until = '2026-03-11'): void {
  send(
    campus,
    'main',
    hourly('2025-01-01', '2025-03-12', 1000, () => 10),
    500,
  );
  send(
    campus,
    'main',
    hourly('2026-01-01', until, 500_000, () => 9),
    500,
  );
}

const targetLines = ({ core }: School): string[] =>
  core.database
    .prepare('SELECT body FROM influx_outbox ORDER BY id')
    .all()
    .flatMap(({ body }) => (typeof body === 'string' ? body.split('\n') : []))
    .filter((line) => line.startsWith('target,'));

test('each morning’s figure is kept and goes to InfluxDB', async () => {
  await using campus = await open();
  meterBoth(campus);
  await campus.clock.forward('10m');
  // at half past five the day before yesterday is the last that is reported
  const ofYear = { from: '2026-01-01', to: '2026-03-08' };
  const targets = targetsOf(campus.core, campus.clock.virtual);
  const first = await targets.answer('electricity', ofYear);
  expect(first.trace.reports).toMatchObject([
    { actual: 67 * 216, baseline: 67 * 240, change: -10 },
  ]);
  await campus.clock.forward('25h');
  const { trace } = await targets.answer('electricity', { from: '2026-01-01', to: '2026-03-09' });
  expect(trace).toMatchObject({ isChanged: false, causes: [] });
  expect(trace.reports.map(({ reported }) => reported)).toEqual(['2026-03-09T22:00:00.000Z']);
  expect(targetLines(campus)).toEqual([
    `target,campus=qingcheng,target=electricity value=-10,goal=-5,coverage=100,verdict="met" ${Date.parse('2026-03-09T21:31Z')}`,
    `target,campus=qingcheng,target=electricity value=-10,goal=-5,coverage=100,verdict="met" ${Date.parse('2026-03-09T22:00Z')}`,
    `target,campus=qingcheng,target=electricity value=-10,goal=-5,coverage=100,verdict="met" ${Date.parse('2026-03-10T22:00Z')}`,
  ]);
});

test('late data for a day already reported change the figure and leave a trace', async () => {
  await using campus = await open();
  const silentFrom = Date.parse('2026-03-08T18:00+08:00');
  const silentTo = Date.parse('2026-03-09T06:00+08:00');
  const all = hourly('2026-01-01', '2026-03-10', 500_000, () => 9);
  send(
    campus,
    'main',
    hourly('2025-01-01', '2025-03-12', 1000, () => 10),
    500,
  );
  send(
    campus,
    'main',
    all.filter(([time]) => time <= silentFrom || time >= silentTo),
    500,
  );
  await campus.clock.forward('1h');

  const targets = targetsOf(campus.core, campus.clock.virtual);
  const theDay = { from: '2026-03-08', to: '2026-03-08' };
  const before = await targets.answer('electricity', theDay);
  // twelve hours spread evenly over both days
  expect(before).toMatchObject({
    actual: 216,
    coverage: { actual: 0.75 },
    verdict: 'insufficient',
  });
  expect(before.quality.map(({ kind }) => kind)).toContain('estimated');

  // the meter had kept its readings: all of it was used before midnight
  const used = 12 * 9;
  const [, register = 0] = all.find(([time]) => time === silentFrom) ?? [];
  send(
    campus,
    'main',
    Array.from({ length: 11 }, (_, i) => {
      return [
        silentFrom + (i + 1) * 3_600_000,
        register + used * Math.min(1, (i + 1) / 6),
      ] as const;
    }),
  );
  const after = await targets.answer('electricity', theDay);
  expect(after.actual).toBeCloseTo(18 * 9 + used, 9);
  expect(after).toMatchObject({ coverage: { actual: 1 }, verdict: 'missed' });
  expect(after.trace).toMatchObject({
    isChanged: true,
    reports: [{ reported: '2026-03-09T21:31:00.000Z', actual: 216, verdict: 'insufficient' }],
  });
  expect(after.trace.text?.zh).toContain(
    '最近报告为 216 / 240 kWh (-10 %, 覆盖 75 % / 100 %, 数据不足)',
  );
  expect(after.trace.causes.map(({ kind }) => kind)).toContain('revised');
  expect(after.trace.causes[0]?.text.zh).toContain('总电表');

  // within the hour the changed figure is reported too; what was said before stays
  await campus.clock.forward('1h');
  const { trace } = await targets.answer('electricity', theDay);
  expect(trace.isChanged).toBe(false);
  expect(trace.reports.map(({ actual }) => Math.round(actual))).toEqual([216, 270]);
  expect(() => campus.core.database.prepare('DELETE FROM target_report').run()).toThrow(
    /never removed/,
  );
});

test('a day that was not known in the morning is reported again when its readings have come', async () => {
  await using campus = await open();
  const silentFrom = Date.parse('2026-03-09T18:00+08:00');
  const all = hourly('2026-01-01', '2026-03-11', 500_000, () => 9);
  send(
    campus,
    'main',
    hourly('2025-01-01', '2025-03-12', 1000, () => 10),
    500,
  );
  const early = all.filter(([time]) => time <= silentFrom);
  send(campus, 'main', early, 500);
  await campus.clock.forward('1h');
  send(campus, 'main', all.slice(early.length));
  const targets = targetsOf(campus.core, campus.clock.virtual);
  const ask = () => targets.answer('electricity', { from: '2026-03-09', to: '2026-03-09' });
  expect((await ask()).trace.text?.zh).toContain('数据不足)，现为 216 / 240 kWh (-10 %');
  await campus.clock.forward('1h');
  expect((await ask()).trace.reports).toMatchObject([
    { coverage: { actual: 0 }, change: null, verdict: 'insufficient' },
    { coverage: { actual: 1 }, change: -10, verdict: 'met' },
  ]);
});

test('a correction changes the year’s figure, and InfluxDB gets the new one', async () => {
  await using campus = await open();
  meterBoth(campus);
  await campus.clock.forward('1h');
  const told = targetLines(campus).length;
  const energy = createEnergy(campus.core, campus.clock.virtual, async () => []);
  energy.correct({
    device: 'main',
    from: '2026-02-01',
    to: '2026-02-02',
    amount: 1344,
    reason: '漏计一路',
    person: '王秀英',
  });
  const year = { from: '2026-01-01', to: '2026-03-09' };
  const { trace } = await targetsOf(campus.core, campus.clock.virtual).answer('electricity', year);
  expect(trace).toMatchObject({ isChanged: true, causes: [{ kind: 'correction' }] });
  await campus.clock.forward('1h');
  // 68 × 216 + 1 344 = 16 032 of 16 320: −1.76 %
  const lines = targetLines(campus).slice(told);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('verdict="missed"');
  expect(lines[0]).toContain('value=-1.76');
});

test('a restart repeats no report, and what the gateway missed is reported at its start', async () => {
  await using campus = await open();
  meterBoth(campus);
  await campus.clock.forward('1h');
  const count = () =>
    Number(campus.core.database.prepare('SELECT count(*) AS n FROM target_report').get()?.n);
  const before = count();
  await campus.crash();
  await campus.clock.forward('2h');
  expect(count()).toBe(before);
  await campus.restart({ after: '2d' });
  await campus.clock.forward('2m');
  const newest = campus.core.database.prepare('SELECT max(to_day) AS day FROM target_report').get();
  expect(newest?.day).toBe('2026-03-11');
});

test('a campus of which nothing is known reports nothing', async () => {
  await using campus = await open();
  await campus.clock.forward('25h');
  expect(campus.core.database.prepare('SELECT * FROM target_report').all()).toEqual([]);
});
