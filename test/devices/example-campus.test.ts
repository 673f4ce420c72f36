import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfiguration } from '../../src/campus/load.ts';
import { loadProfiles } from '../../src/campus/profile.ts';

const root = join(import.meta.dirname, '../..');
const profiles = loadProfiles(join(root, 'devices'));

test('campus.example.yaml loads and shows what a campus can have', () => {
  const { campuses, devices } = loadConfiguration(join(root, 'campus.example.yaml'), profiles);
  const campus = campuses.get('qingcheng');
  const all = [...devices.values()];

  expect(all.length).toBeGreaterThan(110);
  const used = new Set(all.map(({ profile }) => profile.id));
  expect([...profiles.keys()].filter((id) => !used.has(id))).toEqual([]);
  expect(campus?.roster.shifts.some(({ from, to }) => to <= from)).toBe(true);
  expect(campus?.calendar.terms).toHaveLength(5);
  expect(campus?.notify.webhook).toEqual({
    url: 'http://127.0.0.1:8090/notifications',
    secretEnv: 'CAMPUS_WEBHOOK_SECRET',
  });
  // one tree each: only the main meter has none above it
  for (const kind of ['electricity_meter', 'water_meter']) {
    const roots = all.filter(({ profile, parent }) => profile.kind === kind && !parent);
    expect(roots).toHaveLength(1);
  }
});
