import { expect, test } from 'vitest';
import { configure } from '../../harness/configuration.ts';
import { rule, smokeDetector, thermometer } from '../../harness/profiles.ts';
import { school } from '../../harness/school.ts';

const BUILDINGS = 8;
const DEVICES = 10_000;

test('10 000 devices fall silent: one message for each building and channel, and fire gets through', {
  timeout: 60_000,
}, async () => {
  const zones = Array.from({ length: BUILDINGS }, (_, i) => `{id: b${i}, name: ${i} 号楼}`);
  const probes = Array.from(
    { length: DEVICES },
    (_, i) => `{id: probe-${i}, profile: test/probe, zone: b${i % BUILDINGS}}`,
  );
  const configuration = configure({
    zones: `[${zones.join(', ')}]`,
    devices: `[${probes.join(',\n  ')}, {id: smoke, profile: test/smoke, zone: b0}]`,
    notify: `{webhook: {url: "http://phone.invalid/"}, channels: {push: {kind: bark, keyEnv: BARK}}}`,
    profiles: {
      'test/probe': thermometer(rule('silent', 'kind: silence, severity: minor')),
      'test/smoke': smokeDetector(rule('smoke', 'severity: critical, latched: true')),
    },
  });
  await using night = await school(configuration);
  // half of the storm has been raised, nothing of it told
  await night.clock.forward('300.2s');
  const raised = night.core.store.allOpen().length;
  expect(raised).toBeGreaterThan(0);
  expect(raised).toBeLessThan(DEVICES);

  const fire = night.clock.now;
  await night.campus.detector('smoke').says(true);
  await night.clock.forward('1m');
  const rings = night.phone.inbox.filter(({ rule: id }) => id === 'smoke');
  // the same moment: it waits for nothing
  expect(rings.map(({ arrived }) => arrived - fire)).toEqual([0, 0]);

  const silent = night.phone.inbox.filter(({ rule: id }) => id === 'silent');
  expect(silent).toHaveLength(2 * BUILDINGS);
  expect(silent.map(({ group }) => group?.count)).toEqual(silent.map(() => DEVICES / BUILDINGS));
  expect(new Set(silent.map(({ zone }) => zone)).size).toBe(BUILDINGS);
  expect(night.core.store.allOpen()).toHaveLength(DEVICES + 1);

  // one tap in each building is an answer to all of it
  for (const message of new Map(silent.map((one) => [one.zone, one])).values()) {
    message.acknowledge('张伟');
  }
  expect(night.core.store.allOpen().filter((alarm) => !alarm.acknowledged)).toHaveLength(1);
});
