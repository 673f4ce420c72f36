import { describe, expect, test } from 'vitest';
import { configure, type SchoolYaml } from '../../harness/configuration.ts';
import { mistakesOf } from '../../harness/mistakes.ts';
import { rule, smokeDetector, thermometer } from '../../harness/profiles.ts';
import { type School, school } from '../../harness/school.ts';
import { watchedSchool } from '../../watchdogs/watched.ts';

const SILENT = rule('silent', 'kind: silence, severity: minor');

const ZIGBEE = `
name: {zh: 无线温度计, en: Wireless thermometer}
kind: environment
format: {kind: zigbee2mqtt, fields: {temperature: {metric: temperature}}}
interval: 1m
silence: 5m
metrics:
  temperature: {name: {zh: 温度, en: Temperature}, unit: ℃, min: -60, max: 100}
rules: [${SILENT}]
examples:
  - {topic: zigbee2mqtt/x, payload: '{"temperature":4}', readings: {temperature: 4}}
`;

const BRIDGED: SchoolYaml = {
  bridges: '[{id: zigbee, name: 无线网关, kind: zigbee2mqtt, topic: zigbee2mqtt}]',
  devices: `[
    {id: near, name: 近处, profile: test/zigbee, bridge: zigbee, zone: canteen},
    {id: far, name: 远处, profile: test/zigbee, bridge: zigbee, zone: teaching},
    {id: probe, name: 探头, profile: test/probe, zone: canteen}]`,
  profiles: { 'test/zigbee': ZIGBEE, 'test/probe': thermometer(SILENT) },
};

const publish = (night: School, topic: string, payload: string, replayed = false) =>
  night.deliver({ topic, payload: Buffer.from(payload), replayed });

const bridgeSays = (night: School, state: 'online' | 'offline', replayed = false) =>
  publish(night, 'zigbee2mqtt/bridge/state', JSON.stringify({ state }), replayed);

const speaks = (night: School, device: string) =>
  publish(night, `zigbee2mqtt/${device}`, '{"temperature": 20}');

/** The devices whose silence was told, alone or with others. */
const missed = (night: School) =>
  night.phone.inbox
    .filter(({ rule: name }) => name === 'silent')
    .flatMap(({ device, group }) => group?.devices ?? [device.name]);

const told = (night: School) => night.phone.inbox.map(({ title }) => title.zh);

describe('a bridge that goes offline', () => {
  test('is one alarm; the silence of its devices is recorded and rings nobody', async () => {
    await using night = await school(BRIDGED);
    await speaks(night, 'near');
    await speaks(night, 'far');
    await bridgeSays(night, 'offline');
    const message = night.phone.expect('无线网关离线，2 台设备无人监测');
    await night.campus.thermometer('probe').holds(4);
    await night.clock.forward('1h');
    night.phone.expectNothingNew();
    for (const device of ['near', 'far']) {
      expect(night.alarm(device, 'silent').suppressedBy, device).toBe(Number(message.alarm));
      expect(night.history(device, 'silent')).toEqual([
        'raised 11-23 20:05',
        'suppressed 11-23 20:05',
      ]);
    }
  });

  test('what is silent for another reason rings all the same', async () => {
    await using night = await school(BRIDGED);
    await bridgeSays(night, 'offline');
    await night.clock.forward('1h');
    night.phone.expect('无线网关离线');
    expect(night.phone.expect('silent').device.id).toBe('probe');
    night.phone.expectNothingNew();
  });

  test('rings once, however often its state is played back', async () => {
    await using night = await school(BRIDGED);
    await bridgeSays(night, 'offline');
    await night.restart();
    await bridgeSays(night, 'offline', true);
    expect(told(night).filter((title) => title.includes('离线'))).toHaveLength(1);
    await bridgeSays(night, 'online');
    night.phone.expectOver('无线网关离线');
    await bridgeSays(night, 'online', true);
    expect(night.phone.inbox.filter(({ event }) => event === 'cleared')).toHaveLength(1);
  });

  test('is forgotten with its alarm when it is no longer configured', async () => {
    await using night = await school(BRIDGED);
    await bridgeSays(night, 'offline');
    await night.restart({
      configuration: configure({ ...BRIDGED, bridges: '[]', devices: '[]' }),
    });
    expect(night.history('zigbee', 'bridge-offline')).toEqual([
      'raised 11-23 20:00',
      'cleared 11-23 20:00',
    ]);
  });

  test('back again, each device has its own limit before it is missed', async () => {
    await using night = await school(BRIDGED);
    await night.campus.thermometer('probe').holds(4);
    await bridgeSays(night, 'offline');
    await night.clock.forward('1h');
    await bridgeSays(night, 'online');
    night.phone.expect('无线网关离线');
    night.phone.expectOver('无线网关离线');
    await night.clock.forward('2m');
    await speaks(night, 'near');
    await night.clock.forward('176s');
    night.phone.expectNothingNew();
    await night.clock.forward('10s');
    expect(night.phone.expect('silent').device.id).toBe('far');
    expect(night.alarm('far', 'silent').suppressedBy).toBeUndefined();
    // nobody was told of it, so nobody need acknowledge it
    expect(night.alarm('near', 'silent').closed).toBeDefined();
    expect(night.history('far', 'silent').at(-1)).toBe('released 11-23 21:05');
  });

  test('offline again before its devices were heard, it stays the cause', async () => {
    await using night = await school(BRIDGED);
    await night.campus.thermometer('probe').holds(4);
    await bridgeSays(night, 'offline');
    await night.clock.forward('1h');
    await bridgeSays(night, 'online');
    night.phone.expect('离线').acknowledge('张伟');
    await night.clock.forward('2m');
    await bridgeSays(night, 'offline');
    await night.clock.forward('1h');
    expect(told(night).filter((title) => title.includes('silent'))).toEqual([]);
    const [cause] = night.core.store.list({ device: 'zigbee', limit: 1 });
    expect(night.alarm('far', 'silent').suppressedBy).toBe(cause?.id);
  });

  test('a restart while devices have their time to be heard forgets none', async () => {
    await using night = await school(BRIDGED);
    await night.campus.thermometer('probe').holds(4);
    await bridgeSays(night, 'offline');
    await night.clock.forward('1h');
    await bridgeSays(night, 'online');
    await night.crash({ after: '2m' });
    await night.clock.forward('3m');
    await night.clock.forward('5s');
    expect(night.phone.inbox.filter(({ rule: id }) => id === 'silent')).toHaveLength(2);
  });
});

test('while the broker is gone, no device is missed', async () => {
  const { night, around } = await watchedSchool(BRIDGED);
  await using _ = night;
  const probe = night.campus.thermometer('probe');
  await speaks(night, 'near');
  await probe.measures(4);
  around.transport = { connected: false };
  await night.clock.forward('1h');
  const message = night.phone.expect('无法接收任何报文');
  night.phone.expectNothingNew();
  const lost = Number(message.alarm);
  expect(night.alarm('near', 'silent').suppressedBy).toBe(lost);
  expect(night.alarm('probe', 'silent').suppressedBy).toBe(lost);
  // back again, each has its own time; and one is heard of
  around.transport = { connected: true };
  await night.clock.forward('2m');
  for (let i = 0; i < 3; i++) {
    await speaks(night, 'near');
    await night.clock.forward('4m');
  }
  expect(night.alarm('probe', 'silent').suppressedBy).toBeUndefined();
  const names = missed(night);
  expect(names.sort()).toEqual(['探头', '远处'].sort());
});

describe('what is suppressed is not rung', () => {
  /** The bridge is offline, and the silence of the device near by has been suppressed. */
  async function offline(): Promise<School> {
    const notify = '{webhook: {url: "http://phone.invalid/"}, acknowledgement: {minor: 4h}}';
    const night = await school({ ...BRIDGED, notify });
    await speaks(night, 'near');
    await speaks(night, 'far');
    await bridgeSays(night, 'offline');
    await night.campus.thermometer('probe').holds(4);
    await night.clock.forward('10m');
    night.phone.expect('无线网关离线');
    return night;
  }

  test('by the end of a shelf', async () => {
    await using night = await offline();
    const place = { campus: 'qingcheng', device: 'near', rule: 'silent' };
    night.core.actions.shelveRule(place, { person: '张伟', reason: '换电池', lasts: 3_600_000 });
    await night.clock.forward('2h');
    night.phone.expectNothingNew();
    expect(night.history('near', 'silent').map((step) => step.split(' ')[0])).toEqual([
      'raised',
      'suppressed',
      'shelved',
      'unshelved',
    ]);
  });

  test('when its acknowledgement expires, nor by the end of its cause before', async () => {
    await using night = await offline();
    night.acknowledge(night.alarm('near', 'silent'), '张伟');
    await night.clock.forward('2d');
    expect(night.history('near', 'silent').at(-1)).toMatch(/^expired/);
    night.phone.expectNothingNew();
    night.acknowledge(night.alarm('near', 'silent'), '张伟');
    await bridgeSays(night, 'online');
    await night.clock.forward('6m');
    expect(night.alarm('near', 'silent').suppressedBy).toBeUndefined();
    expect(missed(night)).toEqual(['远处']);
  });
});

const POWERED: SchoolYaml = {
  devices: `[
    {id: mains, name: 后厨电表, profile: test/meter, zone: canteen},
    {id: fridge-1, name: 一号冷柜, profile: test/probe, zone: canteen, poweredBy: mains},
    {id: fridge-2, name: 二号冷柜, profile: test/probe, zone: canteen, poweredBy: mains},
    {id: smoke, name: 烟感, profile: test/smoke, zone: canteen, poweredBy: mains}]`,
  profiles: {
    'test/probe': thermometer(SILENT, rule('warm', 'high: 8')),
    'test/smoke': smokeDetector(
      rule('smoke', 'severity: critical, latched: true'),
      rule('silent', 'kind: silence, severity: critical, after: 10m'),
    ),
    'test/meter': `
name: {zh: 电表, en: Meter}
kind: electricity_meter
format: {kind: json}
interval: 1m
silence: 3m
metrics:
  voltage: {name: {zh: 电压, en: Voltage}, unit: V, min: 0, max: 500}
rules: [${rule('voltage', 'kind: threshold, metric: voltage, high: 235, low: 198')}, ${SILENT}]
examples:
  - {topic: campus/a/b/up, payload: '{"values":{"voltage":230}}', readings: {voltage: 230}}
`,
  },
};

describe('a power failure', () => {
  /** The supply is gone: the meter says so, the fridges say nothing more. */
  async function powerFails(): Promise<School> {
    const night = await school(POWERED);
    await night.campus.device('mains').shows({ voltage: 230 });
    await night.clock.forward('1m');
    await night.campus.device('mains').shows({ voltage: 0 });
    night.phone.expect('voltage');
    await night.campus.detector('smoke').isWell();
    await night.clock.forward('10m');
    return night;
  }

  test('explains why the fridges are silent, and says that nobody watches them', async () => {
    await using night = await powerFails();
    const message = night.phone.expect('停电，2 台冷柜无人监测');
    expect(message.action.zh).toContain('一号冷柜、二号冷柜');
    night.phone.expectNothingNew();
    expect(night.alarm('fridge-1', 'silent').suppressedBy).toBe(night.alarm('mains', 'voltage').id);
  });

  test('a fridge that stays silent when the power is back is missed', async () => {
    await using night = await powerFails();
    night.phone.expect('停电');
    await night.campus.device('mains').shows({ voltage: 230 });
    night.phone.expectOver('voltage');
    night.phone.expectOver('停电');
    await night.campus.fridge('fridge-1').holds(4);
    await night.clock.forward('6m');
    expect(night.phone.expect('silent').device.id).toBe('fridge-2');
    night.phone.expectNothingNew();
  });

  test('suppresses neither a measured value nor fire nor the loss of a detector', async () => {
    await using night = await powerFails();
    night.phone.expect('停电');
    await night.campus.fridge('fridge-1').measures(12);
    night.phone.expect('warm');
    await night.campus.detector('smoke').says(true);
    night.phone.expect('smoke');
    night.campus.detector('smoke').fallsSilent();
    await night.clock.forward('11m');
    expect(night.phone.expect('silent').device.id).toBe('smoke');
  });
});

test('too high a voltage is no power failure', async () => {
  await using night = await school(POWERED);
  await night.campus.device('mains').shows({ voltage: 250 });
  await night.campus.detector('smoke').isWell();
  await night.clock.forward('6m');
  expect(night.phone.expect('silent').group?.count).toBe(2);
});

test('a silent main meter explains nothing about its sub-meters', async () => {
  await using night = await school({
    ...POWERED,
    devices: `[
      {id: main, name: 总表, profile: test/meter, zone: canteen},
      {id: sub, name: 分表, profile: test/meter, zone: teaching, parent: main}]`,
  });
  await night.clock.forward('1h');
  expect(night.phone.inbox.map(({ device }) => device.id).sort()).toEqual(['main', 'sub']);
});

test('a device that is powered by nothing known is a mistake with its line', () => {
  const devices = '[{id: fridge, profile: test/probe, poweredBy: nowhere}]';
  const [mistake] = mistakesOf(() => configure({ ...POWERED, devices }));
  expect(mistake).toMatchObject({ path: 'devices[0].poweredBy', found: '"nowhere"' });
});
