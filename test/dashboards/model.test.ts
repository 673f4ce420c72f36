import { expect, test } from 'vitest';
import { DERIVED, DEVICE_TAGS } from '../../dashboards/model.ts';
import { lineHead } from '../../src/influx/lines.ts';
import { example } from './boards.ts';
import { derived } from './points.ts';

const devices = [...example.devices.values()];

test('the tags of readings are those that the gateway writes', () => {
  const [first] = devices;
  const [tags = ''] = first ? lineHead(first, 'power').split(' ') : [];
  const keys = [...tags.matchAll(/,(\w+)=/g)].map(([, key]) => key);
  expect(keys.sort()).toEqual([...DEVICE_TAGS].sort());
});

test('the fields and tags of alarms are those that the gateway writes', () => {
  const alarm = derived(devices, 0).find(({ measurement }) => measurement === 'alarm');
  expect(Object.keys(alarm?.fields ?? {}).sort()).toEqual([...DERIVED.alarm.fields].sort());
  expect(Object.keys(alarm?.tags ?? {}).sort()).toEqual([...DERIVED.alarm.tags].sort());
});
