import { describe, expect, test } from 'vitest';
import { rule, smokeDetector, thermometer } from '../../harness/profiles.ts';
import { type School, school } from '../../harness/school.ts';

const SCHOOL = {
  people: '[{id: zhang, name: 张伟}, {id: li, name: 李娜}, {id: wang, name: 王校长}]',
  roster: '{default: zhang, leader: wang}',
  notify:
    '{webhook: {url: "http://phone.invalid/"}, escalation: [{to: [duty]}, {after: 5m, to: [wang]}]}',
  devices: `[
    {id: kitchen, name: 后厨烟感, profile: test/smoke, zone: canteen},
    {id: store, name: 冷库烟感, profile: test/smoke, zone: cold-store},
    {id: hall, name: 走廊烟感, profile: test/smoke, zone: teaching},
    {id: probe, name: 探头, profile: test/probe, zone: cold-store}]`,
  profiles: {
    'test/smoke': smokeDetector(rule('smoke', 'severity: critical, latched: true')),
    'test/probe': thermometer(rule('warm', 'high: 8')),
  },
};

const HOUR = 3_600_000;

/** A drill in the canteen that 李娜 holds for an hour. */
async function drill(zone = 'canteen'): Promise<School> {
  const night = await school(SCHOOL);
  night.core.storm.startDrill({
    campus: 'qingcheng',
    zone,
    kind: 'fire',
    person: 'li',
    started: night.clock.now,
    ends: night.clock.now + HOUR,
  });
  return night;
}

/** Who was told what: `演练 后厨烟感 李娜`. */
const told = (night: School) =>
  night.phone.inbox.map(({ drill: isDrill, device, person, event }) =>
    [isDrill ? '演练' : '真实', event, device.name, person?.name].join(' '),
  );

describe('in a drill', () => {
  test('the holder and the duty are told, tagged, and nobody else; it is on record', async () => {
    await using night = await drill();
    await night.campus.detector('kitchen').says(true);
    await night.clock.forward('30m');
    expect(told(night)).toEqual(['演练 raised 后厨烟感 张伟', '演练 raised 后厨烟感 李娜']);
    expect(night.alarm('kitchen', 'smoke').drill).toBe(1);
  });

  test('a real fire in another building is told to everybody, untagged', async () => {
    await using night = await drill();
    await night.campus.detector('kitchen').says(true);
    await night.campus.detector('hall').says(true);
    expect(told(night).slice(2)).toEqual([
      '真实 raised 走廊烟感 张伟',
      '真实 raised 走廊烟感 王校长',
    ]);
    expect(night.alarm('hall', 'smoke').drill).toBeUndefined();
  });

  test('the zones within belong to it, and not the zone around', async () => {
    await using inside = await drill('canteen');
    await inside.campus.detector('store').says(true);
    expect(told(inside)[0]).toBe('演练 raised 冷库烟感 张伟');
    await using outside = await drill('cold-store');
    await outside.campus.detector('kitchen').says(true);
    expect(told(outside)[0]).toBe('真实 raised 后厨烟感 张伟');
  });

  test('a drill of the whole campus is one of every zone', async () => {
    await using night = await drill('campus');
    await night.campus.detector('hall').says(true);
    expect(told(night)[0]).toBe('演练 raised 走廊烟感 张伟');
  });

  test('a fire that was real before stays real', async () => {
    await using night = await school(SCHOOL);
    await night.campus.detector('kitchen').says(true);
    await night.clock.forward('1m');
    await night.campus.detector('kitchen').says(false);
    const started = night.clock.now;
    const held = { campus: 'qingcheng', zone: 'canteen', kind: 'fire', person: 'li' } as const;
    night.core.storm.startDrill({ ...held, started, ends: started + HOUR });
    await night.clock.forward('1m');
    await night.campus.detector('kitchen').says(true);
    expect(night.alarm('kitchen', 'smoke')).toMatchObject({ occurrences: 2, drill: undefined });
    expect(told(night).at(-1)).toBe('真实 raised 后厨烟感 王校长');
  });
});

describe('it ends', () => {
  test('by itself: a fire in its zone a moment later is real', async () => {
    await using night = await drill();
    await night.clock.forward('60m');
    await night.campus.detector('kitchen').says(true);
    expect(told(night)).toEqual(['真实 raised 后厨烟感 张伟', '真实 raised 后厨烟感 王校长']);
    expect(night.core.storm.drills.get(1)).toMatchObject({
      ended: night.clock.now,
      endedBy: undefined,
    });
  });

  test('by itself after a restart in the middle, and while the gateway was down', async () => {
    await using night = await drill();
    await night.restart({ after: '30m' });
    expect(night.core.storm.drills.get(1).ended).toBeUndefined();
    await night.clock.forward('30m');
    expect(night.core.storm.drills.get(1).ended).toBe(night.clock.now);
    await using asleep = await drill();
    await asleep.crash({ after: '3h' });
    await asleep.clock.forward('1s');
    expect(asleep.core.storm.drills.get(1).ended).toBeDefined();
  });

  test('while the gateway was down: what rings in the moment of its start is real', async () => {
    await using night = await drill();
    await night.restart({ after: '2h' });
    await night.campus.detector('kitchen').says(true);
    expect(told(night)).toEqual(['真实 raised 后厨烟感 张伟', '真实 raised 后厨烟感 王校长']);
  });

  test('early, by a person, once', async () => {
    await using night = await drill();
    await night.clock.forward('10m');
    night.core.storm.endDrill(1, night.clock.now, '李娜');
    expect(() => night.core.storm.endDrill(1, night.clock.now, '李娜')).toThrow(
      expect.objectContaining({ code: 'DRILL_OVER' }),
    );
    await night.campus.detector('kitchen').says(true);
    expect(told(night)[0]).toBe('真实 raised 后厨烟感 张伟');
  });

  test('and what still smells smoke then is a real alarm, however it was acknowledged', async () => {
    await using night = await drill();
    await night.campus.detector('kitchen').says(true);
    night.acknowledge(night.alarm('kitchen', 'smoke'), '李娜');
    await night.clock.forward('60m');
    expect(told(night).slice(2)).toEqual([
      // the acknowledgement has expired, still within the drill
      '演练 raised 后厨烟感 张伟',
      '演练 raised 后厨烟感 李娜',
      '真实 raised 后厨烟感 张伟',
      '真实 raised 后厨烟感 王校长',
    ]);
    expect(night.alarm('kitchen', 'smoke')).toMatchObject({
      drill: undefined,
      acknowledged: undefined,
    });
  });

  test('and what is over by then stays open, as a drill, until it is reset', async () => {
    await using night = await drill();
    await night.campus.detector('kitchen').says(true);
    await night.clock.forward('10m');
    await night.campus.detector('kitchen').says(false);
    await night.clock.forward('1h');
    expect(told(night).some((message) => message.startsWith('真实'))).toBe(false);
    expect(night.openAlarms()).toEqual(['kitchen smoke']);
    await night.campus.detector('kitchen').says(true);
    expect(told(night).at(-1)).toBe('真实 raised 后厨烟感 王校长');
  });
});

test('a second drill in the same zone is refused, one in another is not', async () => {
  await using night = await drill();
  const { now } = night.clock;
  const held = {
    campus: 'qingcheng',
    kind: 'fire',
    person: 'li',
    started: now,
    ends: now + HOUR,
  } as const;
  expect(() => night.core.storm.startDrill({ ...held, zone: 'canteen' })).toThrow(
    expect.objectContaining({ code: 'DRILL_RUNNING' }),
  );
  expect(night.core.storm.startDrill({ ...held, zone: 'teaching' }).id).toBe(2);
});
