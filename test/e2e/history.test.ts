import { describe, expect, test } from 'vitest';
import { codesOf, outcome } from './support/codes.ts';
import { run } from './support/process.ts';
import { School } from './support/school.ts';

const SCHOOL = `
campus: {id: qingcheng, name: 青城小学}
people: [{id: wang, name: 王秀英}]
notify: {webhook: {url: "http://127.0.0.1:9/"}}
devices:
  - {id: freezer, profile: generic/freezer}
  - {id: hall, profile: generic/smoke-detector}
  - {id: archive, profile: generic/environment}
`;

/** A morning with smoke in the hall and a freezer that is not heard of for a while. */
const MORNING = `time,device,metric,value
2026-09-01T08:00:00+08:00,freezer,temperature,-20
2026-09-01T08:01:00+08:00,hall,smoke,true
2026-09-01T08:02:00+08:00,archive,temperature,warm
2026-09-01T08:03:00+08:00,cellar,temperature,4
2026-09-01T08:04:00+08:00,hall,smoke,false
yesterday,freezer,temperature,-20
2026-09-01T08:05:00+08:00,freezer,temperature
2026-09-01T08:06:00+08:00,archive,temperature,-90
2026-09-01T08:10:00+08:00,freezer,temperature,-20.5
`;
const BAD_ROWS = ['VALUE_TYPE', 'DEVICE_UNKNOWN', 'CSV_TIME', 'CSV_ROW', 'VALUE_RANGE'];

const jsonLines = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

describe('recorded readings', { timeout: 120_000 }, () => {
  test('are replayed through the rules: one JSON line for each event', async () => {
    using school = new School(SCHOOL);
    const file = school.folder.write('morning.csv', MORNING);
    const ended = await school.command('replay', file, '--json');
    expect(ended.code).toBe(0);
    const smoke = { device: 'hall', rule: 'smoke', severity: 'critical', metric: 'smoke' };
    const silent = { device: 'freezer', rule: 'silent', severity: 'minor', metric: null };
    const told = { event: 'notified', person: '王秀英', channel: 'webhook' };
    expect(jsonLines(ended.stdout)).toEqual(
      [
        { time: '00:01', event: 'raised', ...smoke, value: 1, limit: 1 },
        { time: '00:01', ...told, ...smoke, value: 1, limit: 1 },
        { time: '00:04', event: 'cleared', ...smoke, value: 1, limit: 1 },
        { time: '00:04', ...told, ...smoke, value: 1, limit: 1 },
        // five minutes after 08:00, between two lines of the file
        { time: '00:05', event: 'raised', ...silent, value: null, limit: null },
        // messages about silence are gathered for five seconds; those of its end would follow the last line
        { time: '00:05:05', ...told, ...silent, value: null, limit: null },
        { time: '00:10', event: 'cleared', ...silent, value: null, limit: null },
      ].map(({ time, ...rest }) => ({
        time: `2026-09-01T${time.padEnd(8, ':00')}.000Z`,
        ...rest,
      })),
    );
    expect(codesOf(ended).toSorted()).toEqual(BAD_ROWS.toSorted());
    expect(ended.stderr).toMatch(
      /morning\.csv:4: \[VALUE_TYPE\] .*不是有效的.*\n +temperature is "warm", which is no valid number\.\n/,
    );
    expect(ended.stderr).toMatch(/^9 行.* 5 行被拒/m);
  });

  test('are refused as a whole where the heading is missing', async () => {
    using school = new School(SCHOOL);
    const file = school.folder.write('readings.csv', '2026-09-01T08:00:00+08:00,freezer,…,4\n');
    const ended = await school.command('replay', file, '--json');
    expect({ code: ended.code, codes: codesOf(ended), stdout: ended.stdout }).toEqual({
      code: 1,
      codes: ['CSV_HEADING'],
      stdout: '',
    });
  });

  test('are imported as history, which rings nowhere; again, it changes nothing', async () => {
    using school = new School(SCHOOL);
    const file = school.folder.write('morning.csv', MORNING);
    const importFile = async () => {
      const ended = await school.command('import', 'readings', file, '--json');
      expect(codesOf(ended)).toEqual(BAD_ROWS);
      return JSON.parse(ended.stdout);
    };
    const rows = { rows: 9, refused: 5 };
    expect(await importFile()).toEqual({ ...rows, stored: 4, duplicates: 0 });

    await using gateway = await school.open();
    expect(await importFile(), 'through the running gateway').toEqual({
      ...rows,
      stored: 0,
      duplicates: 4,
    });
    const query = 'from=2026-09-01T00:00:00Z&to=2026-09-02T00:00:00Z&resolution=raw';
    const { series } = await gateway.asks<{ series: { metric: string; points: object[] }[] }>(
      `/api/v1/devices/qingcheng/freezer/readings?${query}`,
    );
    expect(series).toMatchObject([
      {
        metric: 'temperature',
        points: [
          { time: '2026-09-01T00:00:00.000Z', value: -20, quality: ['late', 'imported'] },
          { time: '2026-09-01T00:10:00.000Z', value: -20.5, quality: ['late', 'imported'] },
        ],
      },
    ]);
    expect((await gateway.alarms()).filter(({ rule }) => rule === 'smoke')).toEqual([]);

    const more = `time,device,metric,value\n2026-09-01T09:00:00,freezer,temperature,-19\n`;
    const added = await school.command(
      ...['import', 'readings', school.folder.write('more.csv', more), '--json'],
    );
    expect(JSON.parse(added.stdout)).toEqual({ rows: 1, stored: 1, duplicates: 0, refused: 0 });
    // no zone: the campus's own time
    expect(await gateway.latest('qingcheng/freezer')).toEqual({ temperature: -19 });
  });

  describe('on a terminal, with a bar,', () => {
    const isTerminal = { NODE_OPTIONS: '--import data:text/javascript,process.stderr.isTTY=true' };
    const onTerminal = ({ config, data }: School, ...words: string[]) =>
      run([...words, '--config', config, '--data', data], { env: isTerminal });

    test.each([[['replay']], [['import', 'readings']]])('%j reads all of a file', async (words) => {
      using school = new School(SCHOOL);
      const lines = Array.from({ length: 5_000 }, (_, i) => {
        const time = new Date(Date.UTC(2026, 8, 1) + i * 60_000).toISOString();
        return `${time},archive,temperature,20\n`;
      });
      const text = `time,device,metric,value\n${lines.join('')}`;
      const ended = await onTerminal(school, ...words, school.folder.write('long.csv', text));
      expect(outcome(ended)).toEqual({ code: 0, codes: [] });
      expect(ended.stdout + ended.stderr).toContain('5000 行');
      expect(ended.stderr).toContain('100 %');
    });

    test.each([[['replay']], [['import', 'readings']]])('%j ends when it fails', async (words) => {
      using school = new School(SCHOOL);
      const file = school.folder.write('readings.csv', 'no heading\n');
      const ended = await onTerminal(school, ...words, file);
      expect(outcome(ended)).toEqual({ code: 1, codes: ['CSV_HEADING'] });
    });
  });
});
