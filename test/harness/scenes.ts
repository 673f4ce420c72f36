import type { SchoolYaml } from './configuration.ts';
import { smokeDetector, thermometer } from './profiles.ts';

/** A school with one thermometer, `probe` (探头), that has these rules. */
export const withProbe = (...rules: string[]): SchoolYaml => ({
  devices: '- {id: probe, name: 探头, profile: test/probe, zone: canteen}',
  profiles: { 'test/probe': thermometer(...rules) },
});

/** A school with one smoke detector, `smoke` (走廊烟感), that has these rules. */
export const withDetector = (...rules: string[]): SchoolYaml => ({
  devices: '- {id: smoke, name: 走廊烟感, profile: test/smoke, zone: teaching}',
  profiles: { 'test/smoke': smokeDetector(...rules) },
});
