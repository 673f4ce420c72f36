import { expect, test } from 'vitest';
import { outcome } from './support/codes.ts';
import { School } from './support/school.ts';

const SCHOOL = `
campus: {id: qingcheng, name: 青城小学}
devices:
  - {id: main, name: 总电表, profile: generic/electricity-meter}
`;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const DAYS = 10;

/** A day of the school before today. */
const dayAgo = (days: number) =>
  new Date(Date.now() + 8 * HOUR - days * DAY).toISOString().slice(0, 10);

/** A register that is read every hour of some days, and at both midnights. */
function readings(from: number, days: number, register: number, perHour: number): string[] {
  return Array.from({ length: 24 * days + 1 }, (_, i) => {
    const time = new Date(from + i * HOUR).toISOString();
    return `${time},main,energy,${register + i * perHour}`;
  });
}

test('the target is told by the command line, with a gateway and without', {
  timeout: 120_000,
}, async () => {
  using school = new School(SCHOOL);
  const [from, to] = [dayAgo(DAYS), dayAgo(1)];
  const begin = Date.parse(`${from}T00:00+08:00`);
  const csv = [
    'time,device,metric,value',
    // whether or not there is a 29 February in between
    ...readings(begin - 368 * DAY, DAYS + 5, 1000, 10),
    ...readings(begin, DAYS, 50_000, 9),
  ];
  const file = school.folder.write('readings.csv', csv.join('\n'));
  expect(outcome(await school.command('import', 'readings', file)).code).toBe(0);
  const asked = ['target', 'electricity', '--from', from, '--to', to];

  const said = JSON.parse((await school.command(...asked, '--json')).stdout);
  expect(said).toMatchObject({
    ...{ target: 'electricity', unit: 'kWh', from, to },
    ...{ change: -10, goal: -5, verdict: 'met' },
    coverage: { actual: 1, baseline: 1 },
  });
  await using gateway = await school.open();
  const running = JSON.parse((await school.command(...asked, '--json')).stdout);
  expect(running).toEqual(said);
  const { stdout } = await school.command(...asked);
  expect(stdout).toMatch(
    /日历同比 calendar: \d+ \/ \d+ kWh {2}-10 % {2}达标 met {2}目标 goal -5 %/,
  );
  expect(stdout).toContain('覆盖率 coverage: 本年 100 %  去年 100 %');
  expect(outcome(await school.command('target', 'gas'))).toEqual({ code: 1, codes: ['USAGE'] });
  await gateway.stops();
});
