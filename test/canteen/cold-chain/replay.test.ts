import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { type ReplayEvent, replay } from '../../../src/history/replay.ts';
import { configure } from '../../harness/configuration.ts';
import { errorLog } from '../../harness/life.ts';
import { isoAt } from '../../harness/story-clock.ts';
import { curve, HOUR, MINUTE, START } from './unit.ts';

const SCHOOL = configure({
  devices: `
  - {id: freezer, name: 1 号柜, profile: generic/freezer, zone: cold-store}
  - {id: fridge, name: 2 号柜, profile: generic/fridge, zone: cold-store}`,
});

/** A freezer whose compressor fails, and a fridge whose door is left open and whose probe breaks. */
function* trace(): Generator<string> {
  const freezer = curve(-20, { fails: { from: '6h', perHour: 3 } });
  const fridge = curve(4, { door: { from: '2h', to: '2.6h' } });
  yield 'time,device,metric,value\n';
  for (let at = START; at <= START + 8 * HOUR; at += MINUTE) {
    yield `${isoAt(at)},freezer,temperature,${freezer(at)}\n`;
    const isBroken = at >= START + 5 * HOUR && at < START + 5.5 * HOUR;
    yield `${isoAt(at)},fridge,temperature,${isBroken ? 85 : fridge(at)}\n`;
  }
}

test('a trace of cold units is replayed: what rings, when, and why', async () => {
  const events: ReplayEvent[] = [];
  const complaints: string[] = [];
  const result = await replay(
    SCHOOL,
    Readable.from(trace()),
    errorLog(complaints),
    (event) => events.push(event),
    (_line, error) => complaints.push(error.code),
  );
  expect(result.refused).toBe(30);
  expect(new Set(complaints)).toEqual(new Set(['VALUE_RANGE']));
  const told = events
    .filter(({ event }) => event === 'raised' || event === 'cleared')
    .map(({ event, device, rule, time, detail }) => {
      const at = isoAt(Date.parse(time)).slice(11, 16);
      return `${at} ${event} ${device} ${rule} ${detail?.zh.slice(0, 6) ?? ''}`.trim();
    });
  expect(told).toEqual([
    '22:12 raised fridge door-open 疑似门未关：',
    '22:23 cleared fridge door-open 疑似门未关：',
    '22:25 raised fridge much-too-warm 疑似门未关：',
    '22:33 raised fridge too-warm 疑似门未关：',
    '22:43 cleared fridge much-too-warm 疑似门未关：',
    '22:50 cleared fridge too-warm 疑似门未关：',
    '01:03 raised fridge probe-fault 读数 85',
    '01:32 cleared fridge probe-fault 读数 85',
    '02:46 raised freezer cooling-failed 疑似压缩机故',
  ]);
});
