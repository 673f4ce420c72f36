import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Configuration } from '../src/campus/model.ts';
import { canteen } from './canteen.ts';
import { deviceHealth } from './devices.ts';
import { energy } from './energy.ts';
import { fire } from './fire.ts';
import { gateway } from './gateway.ts';
import { overview } from './overview.ts';
import { readSite, type Site } from './site.ts';
import { writeJson } from './write-json.ts';

/** By the name of their file. */
const BOARDS: Readonly<Record<string, (site: Site) => Dashboard>> = {
  overview,
  energy,
  canteen,
  fire,
  devices: deviceHealth,
  gateway,
};

/** Every dashboard for these configurations together: file name → JSON. */
export function generate(configurations: readonly Configuration[]): Map<string, string> {
  const site = readSite(configurations);
  return new Map(
    Object.entries(BOARDS).map(([file, build]) => [`${file}.json`, writeJson(build(site))]),
  );
}
