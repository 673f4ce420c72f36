import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { type ReplayEvent, replay } from '../../src/history/replay.ts';
import { configure } from '../harness/configuration.ts';
import { errorLog } from '../harness/life.ts';
import { rule, smokeDetector, thermometer } from '../harness/profiles.ts';
import { isoAt } from '../harness/story-clock.ts';

const START = Date.parse('2026-11-23T16:00:00+08:00');
const MINUTE = 60_000;

const of = (kind: string, keys: string) =>
  rule(kind, `kind: ${kind}, metric: temperature, ${keys}`);

const SCHOOL = configure({
  devices: `
  - {id: probe, profile: test/probe, zone: canteen}
  - {id: east, profile: test/smoke, zone: teaching}
  - {id: west, profile: test/smoke, zone: teaching}`,
  profiles: {
    'test/probe': thermometer(
      of('threshold', 'high: 8'),
      of('rate', 'rise: 4, window: 5m'),
      of('stuck', 'after: 2h'),
      of('count', 'high: 8, times: 2, window: 1h'),
      of('cumulative', 'high: 8, total: 15m, window: 1h'),
      rule('off-hours', 'high: 8, when: outside-school-hours'),
      rule('silence', 'kind: silence'),
    ),
    'test/smoke': smokeDetector(rule('smoke', 'severity: critical, latched: true, fire: true')),
  },
});

/** 4 ℃, but 9 ℃ from 16:10 to 16:20, from 16:30 to 16:40 and from 17:25 on; stuck from 18:00 on. */
function* readings(): Generator<string> {
  yield 'time,device,metric,value\n';
  for (let minute = 0; minute <= 300; minute++) {
    const isWarm = (minute >= 10 && minute < 20) || (minute >= 30 && minute < 40) || minute >= 85;
    const wobble = minute >= 120 ? 0 : (minute % 3) / 10;
    const time = isoAt(START + minute * MINUTE);
    if (minute < 290) yield `${time},probe,temperature,${(isWarm ? 9 : 4) + wobble}\n`;
    if (minute === 50) yield `${time},east,smoke,true\n`;
    if (minute === 52) yield `${time},west,smoke,true\n`;
    if (minute % 5 === 0 && minute > 52) yield `${time},west,smoke,true\n`;
  }
}

test('a file of readings is judged by every kind of rule, and the 火警 of a zone comes out', async () => {
  const events: ReplayEvent[] = [];
  const complaints: string[] = [];
  const result = await replay(
    SCHOOL,
    Readable.from(readings()),
    errorLog(complaints),
    (event) => events.push(event),
    (_line, error) => complaints.push(error.message),
  );
  expect({ complaints, refused: result.refused }).toEqual({ complaints: [], refused: 0 });
  const first = new Map<string, string>();
  for (const { event, rule: id, device, time } of events) {
    if (event !== 'raised') continue;
    const key = `${device} ${id}`;
    if (!first.has(key)) first.set(key, isoAt(Date.parse(time)).slice(11, 16));
  }
  expect(Object.fromEntries(first)).toEqual({
    'probe threshold': '16:10',
    'probe rate': '16:10',
    'probe count': '16:30',
    'probe cumulative': '16:35',
    'east smoke': '16:50',
    'west smoke': '16:52',
    'qingcheng/teaching fire-coincidence': '16:52',
    'probe off-hours': '17:30',
    'probe stuck': '20:00',
    'probe silence': '20:54',
  });
});
