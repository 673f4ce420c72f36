import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfiguration } from '../../src/campus/load.ts';
import { loadApart } from '../../src/campus/load-apart.ts';
import { loadProfiles } from '../../src/campus/profile.ts';
import { Folder } from '../harness/folder.ts';

const PROFILES = join(import.meta.dirname, '../../devices');

/** A county's file: too large to be parsed beside the readings. */
const county = (profile: string) =>
  `campus: {id: county, name: 青城县}\ndevices:\n${Array.from(
    { length: 5000 },
    (_, i) => `  - {id: freezer-${i}, name: 冷柜 ${i}, profile: ${profile}}\n`,
  ).join('')}`;

test('a large configuration comes out of its own process as it does here', async () => {
  using folder = new Folder();
  const file = folder.write('county.yaml', county('generic/freezer'));
  const apart = await loadApart(file, PROFILES);
  const here = loadConfiguration(file, loadProfiles(PROFILES));
  expect([...apart.devices.keys()]).toEqual([...here.devices.keys()]);
  expect(apart.devices.get('county/freezer-4999')).toEqual(here.devices.get('county/freezer-4999'));
  expect(apart.machine).toEqual(here.machine);
  // what was shared is shared still: one profile, one campus for all
  const [first, second] = apart.devices.values();
  expect(first?.profile).toBe(second?.profile);
  expect(first?.campus).toBe(apart.campuses.get('county'));
});

test('its mistakes come out too', async () => {
  using folder = new Folder();
  const file = folder.write('county.yaml', county('generic/freezr'));
  await expect(loadApart(file, PROFILES)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});
