import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { type ReplayEvent, replay } from '../../../src/history/replay.ts';
import { configure } from '../../harness/configuration.ts';
import { errorLog } from '../../harness/life.ts';
import { isoAt } from '../../harness/story-clock.ts';
import { both, DAY, MINUTE, Register, schoolDay, since } from './support.ts';

const START = Date.parse('2026-11-23T00:00:00+08:00');

test('a file of registers tells when the burst and the leak would have rung, and whom', async () => {
  const configuration = configure({
    devices: `
      - {id: main, profile: generic/water-meter}
      - {id: dormitory, profile: generic/water-meter}`,
    calendar: '{terms: [{name: 第一学期, from: 2026-09-01, to: 2027-01-20}]}',
  });
  const burst = since('2026-11-27T18:30:00+08:00', 25, '2026-11-27T21:00:00+08:00');
  const toilet = since('2026-11-26T19:00:00+08:00', 0.03);
  const main = new Register(both(schoolDay, burst));
  const dormitory = new Register(both(schoolDay, toilet));
  function* lines() {
    yield 'time,device,metric,value\n';
    for (let time = START; time < START + 6 * DAY; time += 5 * MINUTE) {
      const at = isoAt(time);
      yield `${at},main,volume,${main.at(time)}\n${at},dormitory,volume,${dormitory.at(time)}\n`;
    }
  }
  const events: ReplayEvent[] = [];
  const complaints: string[] = [];
  const told = await replay(
    configuration,
    Readable.from(lines()),
    errorLog(complaints),
    (event) => events.push(event),
    (_line, error) => complaints.push(error.message),
  );
  expect({ complaints, ...told }).toEqual({ complaints: [], rows: 3456, refused: 0, late: 0 });
  expect(
    events.map(({ time, event, device, rule, value, limit, person }) =>
      [time, event, device, rule, value, limit, person ?? ''].join(' ').trim(),
    ),
  ).toEqual([
    '2026-11-26T20:00:00.000Z raised dormitory night-flow 30 25',
    '2026-11-26T23:00:00.000Z notified dormitory night-flow 30 25 张伟',
    '2026-11-27T10:40:00.000Z raised main burst-register 24.96 9',
    '2026-11-27T10:40:10.000Z notified main burst-register 24.96 9 张伟',
    '2026-11-27T13:10:00.000Z cleared main burst-register 24.96 9',
    '2026-11-27T13:10:10.000Z notified main burst-register 24.96 9 张伟',
  ]);
});
