import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coincidences, type FireSign } from '../../src/alarms/rules/coincidence.ts';
import type { Zone } from '../../src/campus/model.ts';
import { configure } from '../harness/configuration.ts';
import { type School, school } from '../harness/school.ts';

const DEVICES = `
  - {id: east, name: 东侧烟感, profile: generic/smoke-detector, zone: cold-store}
  - {id: west, name: 西侧烟感, profile: zigbee2mqtt/smoke, zone: cold-store, bridge: bridge}
  - {id: heat, name: 后厨温感, profile: generic/heat-detector, zone: canteen}
  - {id: button, name: 手报, profile: generic/manual-call-point, zone: cold-store}
  - {id: gas, name: 燃气, profile: generic/gas-detector, zone: cold-store}
  - {id: hall, name: 教学楼烟感, profile: generic/smoke-detector, zone: teaching}`;
const CANTEEN = {
  devices: DEVICES,
  bridges: '[{id: bridge, kind: zigbee2mqtt, topic: zigbee}]',
};

/** An evening on which the detector in the east has smelled smoke. */
async function smokeInTheEast(): Promise<School> {
  const night = await school(CANTEEN);
  await night.campus.device('east').reports({ smoke: true });
  return night;
}

const fires = (night: School) =>
  night.openAlarms().filter((alarm) => alarm.endsWith('fire-coincidence'));

test('one detector rings at once, as 预警, and makes no 火警', async () => {
  await using night = await smokeInTheEast();
  expect(night.phone.expect('预警').severity).toBe('critical');
  await night.clock.forward('1h');
  expect(fires(night)).toEqual([]);
});

test('a second one in the zone makes the 火警 of the zone, once', async () => {
  await using night = await smokeInTheEast();
  night.phone.expect('预警');
  await night.clock.forward('3m');
  await night.campus.device('button').reports({ manual: true });
  night.phone.expect('预警');
  const message = night.phone.expect('火警：');
  expect(message).toMatchObject({ severity: 'critical', zone: '食堂 / 冷库间' });
  expect(message.title.zh).toBe('【紧急】火警：两个独立的设备报警');
  await night.clock.forward('1m');
  await night.deliver({
    topic: 'zigbee/west',
    payload: Buffer.from('{"smoke":true}'),
    replayed: false,
  });
  night.phone.expect('预警');
  night.phone.expectNothingNew();
  expect(night.alarm('cold-store', 'fire-coincidence')).toMatchObject({
    latched: true,
    occurrences: 1,
    since: Date.parse('2026-11-23T20:03:00+08:00'),
  });
});

test.each([
  [
    'of the zone around it: the 火警 is of that one',
    'heat',
    { heat: true },
    ['canteen fire-coincidence'],
  ],
  ['of another building does not count', 'hall', { smoke: true }, []],
  ['of gas is no sign of fire', 'gas', { gas: true }, []],
  ['that is the same device does not count', 'east', { smoke: true }, []],
])('a second sign %s', async (_what, device, values, expected) => {
  await using night = await smokeInTheEast();
  await night.clock.forward('3m');
  await night.campus.device('east').reports({ smoke: false });
  await night.clock.forward('3m');
  await night.campus.device(device).reports(values);
  expect(fires(night)).toEqual(expected);
});

test('within a building, where the school asks for it', async () => {
  const configuration = configure(CANTEEN);
  for (const campus of configuration.campuses.values()) campus.fire.within = 'building';
  await using night = await school(configuration);
  await night.campus.device('east').reports({ smoke: true });
  await night.campus.device('hall').reports({ smoke: true });
  expect(fires(night)).toEqual([]);
  await night.campus.device('heat').reports({ heat: true });
  expect(fires(night)).toEqual(['canteen fire-coincidence']);
});

describe('a sign that is over', () => {
  test('counts for ten minutes more, and through a restart', async () => {
    await using night = await smokeInTheEast();
    await night.clock.forward('5m');
    await night.campus.device('east').reports({ smoke: false });
    await night.crash({ after: '9m' });
    await night.campus.device('button').reports({ manual: true });
    expect(fires(night)).toEqual(['cold-store fire-coincidence']);
  });

  test('and not longer', async () => {
    await using night = await smokeInTheEast();
    await night.clock.forward('5m');
    await night.campus.device('east').reports({ smoke: false });
    await night.clock.forward('11m');
    await night.campus.device('button').reports({ manual: true });
    expect(fires(night)).toEqual([]);
  });

  test('does not count once a person has reset it', async () => {
    await using night = await smokeInTheEast();
    await night.clock.forward('1m');
    await night.campus.device('east').reports({ smoke: false });
    night.reset(night.alarm('east', 'smoke'), '张伟', '误报');
    await night.clock.forward('1m');
    await night.campus.device('button').reports({ manual: true });
    expect(fires(night)).toEqual([]);
  });
});

describe('the 火警', () => {
  async function fire(): Promise<School> {
    const night = await smokeInTheEast();
    await night.clock.forward('1m');
    await night.campus.device('button').reports({ manual: true });
    await night.clock.forward('1m');
    return night;
  }

  test('is over with its last sign, stays until it is reset, and rings again before that', async () => {
    await using night = await fire();
    await night.campus.device('east').reports({ smoke: false });
    expect(night.alarm('cold-store', 'fire-coincidence').cleared).toBeUndefined();
    await night.clock.forward('1m');
    await night.campus.device('button').reports({ manual: false });
    expect(night.alarm('cold-store', 'fire-coincidence').cleared).toBe(night.clock.now);
    expect(fires(night)).toEqual(['cold-store fire-coincidence']);
    await night.clock.forward('1m');
    await night.campus.device('east').reports({ smoke: true });
    expect(night.alarm('cold-store', 'fire-coincidence')).toMatchObject({
      occurrences: 2,
      cleared: undefined,
    });
  });

  test('is over when its detectors are gone from the configuration, and not before', async () => {
    await using night = await fire();
    await night.restart();
    expect(night.alarm('cold-store', 'fire-coincidence').cleared).toBeUndefined();
    await night.follow(
      configure({ devices: '[{id: hall, profile: generic/smoke-detector, zone: teaching}]' }),
    );
    expect(night.alarm('cold-store', 'fire-coincidence').cleared).toBe(night.clock.now);
  });
});

test('two signs make one whatever their order, and only if no more than the window lies between', () => {
  const zone: Zone = { id: 'z', name: 'z', path: 'z', building: 'z', lineage: ['z'] };
  const signs = fc
    .record({ since: fc.nat(50), lasted: fc.option(fc.nat(20), { nil: undefined }) })
    .map(({ since, lasted }) => ({
      zone,
      since,
      cleared: lasted === undefined ? undefined : since + lasted,
    }));
  fc.assert(
    fc.property(signs, signs, fc.nat(20), (a, b, window) => {
      const [one, other]: FireSign[] = [
        { device: 'a', ...a },
        { device: 'b', ...b },
      ];
      if (!one || !other) return;
      const rule = { within: 'zone', window } as const;
      const found = coincidences(one, [one, other], rule);
      expect(coincidences(other, [one, other], rule)).toEqual(found);
      const holds = (sign: FireSign, at: number) =>
        sign.since <= at && at <= (sign.cleared ?? Number.POSITIVE_INFINITY) + window;
      const later = Math.max(a.since, b.since);
      expect(found.size).toBe(holds(one, later) && holds(other, later) ? 1 : 0);
      if (found.size > 0) expect(found.get('z')).toBe(later);
    }),
  );
});
