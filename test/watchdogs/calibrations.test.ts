import { expect, test } from 'vitest';
import { calibrationsWatchdog } from '../../src/watchdogs/calibrations.ts';
import { configure } from '../harness/configuration.ts';

const unit = (id: string, keys: string) =>
  `- {id: ${id}, profile: generic/fridge, zone: canteen, unit: {${keys}}}`;

test('probes are due for calibration from their day on, by the campus’s time', () => {
  const configuration = configure({
    devices: [
      unit('old', 'calibrated: 2025-11-24'),
      unit('often', 'calibrated: 2026-05-01, calibrateEvery: 180d'),
      unit('fresh', 'calibrated: 2026-09-01'),
      unit('unsaid', ''),
    ].join('\n'),
  });
  const watchdog = calibrationsWatchdog(() => configuration);
  const at = (time: string) => watchdog.look(Date.parse(time), () => false);
  expect(at('2026-10-27T23:59:00+08:00')).toEqual([]);
  expect(at('2026-11-23T23:59:00+08:00')).toMatchObject([
    { campus: 'qingcheng', severity: 'minor', params: { count: 1, units: 'often（2026-10-28）' } },
  ]);
  expect(at('2026-11-24T00:00:00+08:00')).toMatchObject([
    { params: { count: 2, units: 'old（2026-11-24）、often（2026-10-28）' } },
  ]);
});
