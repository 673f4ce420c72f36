import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { Fault } from '../../../simulators/faults.ts';
import { campusModel } from '../../../simulators/physics/campus-model.ts';
import { meteredMetrics } from '../../../src/campus/meter.ts';
import { isMeterRule } from '../../../src/campus/meter-rule.ts';
import { VirtualClock } from '../../../src/clock.ts';
import { Core } from '../../../src/core.ts';
import { Folder } from '../../harness/folder.ts';
import { at, configuration, devices, fault, MINUTE } from '../../simulators/fixture.ts';

const EVERY = 10 * MINUTE;

/** Lets the meters of the example campus report their registers; answers the alarms about leaks and waste. */
function live(from: number, to: number, faults: readonly Fault[], kind?: string): string[] {
  using folder = new Folder();
  const clock = new VirtualClock(from);
  const alarms: string[] = [];
  const core = new Core({
    file: folder.file('campus.db'),
    clock,
    log: pino({ level: 'silent' }),
    configuration,
    onAlarmEvents(events) {
      for (const { event, alarm } of events) {
        const rule = configuration.devices
          .get(`${alarm.campus}/${alarm.device}`)
          ?.rules.find(({ id }) => id === alarm.rule);
        if (event === 'raised' && rule && isMeterRule(rule)) {
          alarms.push(`${alarm.device} ${alarm.rule}`);
        }
      }
    },
  });
  core.database.connection.exec('PRAGMA synchronous = OFF');
  const model = campusModel(configuration, 1, (key) =>
    faults.filter((one) => one.devices.includes(key)),
  );
  const meters = devices.flatMap((device) => {
    const [metric] = meteredMetrics(device.profile);
    const state = core.catalogue.devices.get(device.key);
    const fits = kind === undefined || device.profile.kind === kind;
    return metric !== undefined && state && fits ? [{ device, metric, state }] : [];
  });
  for (let time = from; time <= to; time += EVERY) {
    clock.moveTo(time);
    core.pipeline.transact(() => {
      for (const { device, metric, state } of meters) {
        const value = model.values(device, time)[metric];
        core.pipeline.admit(state, [{ time, values: [[metric, value]] }], time, 0);
      }
    });
  }
  core.close();
  return alarms;
}

test('three weeks of a normal school, a holiday among them, raise nothing', () => {
  expect(live(at('2026-09-14 00:00'), at('2026-10-05 12:00'), [])).toEqual([]);
}, 60_000);

test('a cistern that runs at 30 L/h is found behind every meter above it', () => {
  const leak = fault('water_leak', 'water-dormitory', at('2026-09-18 16:00'), { rate: 0.25 });
  const alarms = live(at('2026-09-14 00:00'), at('2026-09-19 08:00'), [leak], 'water_meter');
  expect(alarms.sort()).toEqual(['water-dormitory night-flow', 'water-main night-flow']);
}, 60_000);
