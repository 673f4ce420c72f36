import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfiguration } from '../../src/campus/load.ts';
import { loadProfiles } from '../../src/campus/profile.ts';
import { Folder } from '../harness/folder.ts';

const root = join(import.meta.dirname, '../..');
const profiles = loadProfiles(join(root, 'devices'));

test('what it leaves in comments is right too: every channel, its steps, reminders, heartbeats', () => {
  const text = readFileSync(join(root, 'campus.example.yaml'), 'utf8');
  const at = text.indexOf('  # channels:');
  const setting = /^ {2}# ( *(?:[A-Za-z]+: ?[^\n\u4e00-\u9fff]|[A-Za-z]+:$|- \{).*)$/gm;
  const all = text.slice(0, at) + text.slice(at).replace(setting, '  $1');
  using folder = new Folder();
  const { campuses } = loadConfiguration(folder.write('campus.yaml', all), profiles);
  const { channels, escalation, heartbeatMessage, reminder } =
    campuses.get('qingcheng')?.notify ?? {};
  expect(
    Object.keys(channels ?? {})
      .sort()
      .join(),
  ).toBe('call,feishu,group,mail,push,sms,wecom');
  expect(escalation).toHaveLength(4);
  expect(heartbeatMessage?.channels).toEqual(['mail']);
  expect(reminder).toEqual({ critical: '10m', major: '2h', minor: 'never' });
});

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
