import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { importReadings } from '../../src/history/import.ts';
import { configure } from '../harness/configuration.ts';
import { rule } from '../harness/profiles.ts';
import { withProbe } from '../harness/scenes.ts';
import { school } from '../harness/school.ts';

const PROBE = configure(withProbe(rule('warm', 'high: 8')));
const HEADING = 'time,device,metric,value,remark';
const measured = (minute: number, remark = '') =>
  `2026-09-01T08:0${minute}:00+08:00,probe,temperature,${minute},${remark}`;

/** The file as a slow connection brings it: `size` bytes at a time. */
function* inPortions(text: string, size: number): Generator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function imported(text: string, portion = 65_536) {
  await using place = await school(PROBE);
  const source = Readable.from(inPortions(text, portion));
  const result = await importReadings(place.core, source, () => place.clock.now);
  const kept = place.core.database.prepare('SELECT value FROM reading ORDER BY time').all();
  return {
    kept: kept.map(({ value }) => value),
    rows: result.rows,
    refused: result.refusals.map(({ line, error }) => `${line} ${error.code}`),
  };
}

describe('a line that cannot be read costs no other line', () => {
  test.each([
    ['a quotation mark within a value', measured(3, 'door "open"'), 'CSV_QUOTE'],
    ['a quotation mark that ends too early', measured(3, '"door" open'), 'CSV_QUOTE'],
    ['a quotation mark that is never closed', measured(3, '"door open'), 'CSV_QUOTE'],
    ['a line without end', measured(3, 'x'.repeat(200_000)), 'CSV_LINE_LONG'],
    ['a long line in quotes', measured(3, `"${'x'.repeat(200_000)}"`), 'CSV_LINE_LONG'],
  ])('%s', async (_what, bad, code) => {
    const good = [measured(1), measured(2, '"quoted, as it may be"')];
    const text = [HEADING, ...good, bad, measured(4), measured(5)].join('\n');
    expect(await imported(text)).toEqual({ kept: [1, 2, 4, 5], rows: 5, refused: [`4 ${code}`] });
  });

  test('nor do many of them, wherever they stand', async () => {
    const bad = measured(9, '"');
    const text = [HEADING, bad, measured(1), bad, bad, measured(2), bad].join('\n');
    expect(await imported(text)).toMatchObject({
      kept: [1, 2],
      refused: ['2 CSV_QUOTE', '4 CSV_QUOTE', '5 CSV_QUOTE', '7 CSV_QUOTE'],
    });
  });
});

test.each([
  ['LF', '\n'],
  ['CR LF', '\r\n'],
  ['CR', '\r'],
])('lines end with %s, and come in portions that end anywhere', async (_what, end) => {
  const lines = [
    `\uFEFF${HEADING}`,
    measured(1, '备注'),
    '',
    measured(2),
    'yesterday,',
    measured(3),
  ];
  const whole = { kept: [1, 2, 3], rows: 4, refused: ['5 CSV_ROW'] };
  for (const portion of [1, 2, 3, 7, 65_536]) {
    expect(await imported(lines.join(end) + end, portion), `${portion} bytes`).toEqual(whole);
  }
});

test('a time that is none of the past brings no reading of now in, however often it is imported', async () => {
  const at = (time: string) => `${time},probe,temperature,5,`;
  const text = [
    HEADING,
    at('2027-09-01T08:00:00+08:00'),
    measured(1),
    at('1970-01-01T00:00:00Z'),
  ].join('\n');
  await using place = await school(PROBE);
  for (const stored of [1, 0]) {
    const { now } = place.clock;
    const result = await importReadings(place.core, Readable.from([text]), () => now);
    const refused = result.refusals.map(({ line, error }) => `${line} ${error.code}`);
    expect({ stored: result.stored, refused }).toEqual({
      stored,
      refused: ['2 CSV_TIME_INSANE', '4 CSV_TIME_INSANE'],
    });
    await place.clock.forward('1m');
  }
});

test('the columns stand in any order, in quotes or not', async () => {
  const text = `\uFEFF"value", Metric ,"time","device"\n"4",temperature,2026-09-01T08:00:00Z,"probe"\n`;
  expect(await imported(text)).toEqual({ kept: [4], rows: 1, refused: [] });
});

test.each(['', '\uFEFF', '\n\n'])(
  'a file of nothing but %j was cut off, or is another',
  async (text) => {
    await expect(imported(text)).rejects.toMatchObject({ code: 'CSV_HEADING' });
  },
);

test('a heading that cannot be read is refused with the whole file', async () => {
  await expect(imported(`"time,device,metric,value\n${measured(1)}\n`)).rejects.toMatchObject({
    code: 'CSV_HEADING',
  });
});
