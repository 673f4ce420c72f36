import { createServer, type Server } from 'node:net';
import { Aedes } from 'aedes';
import { afterEach, expect, test, vi } from 'vitest';
import { type CampusSimulator, startCampusSimulator } from '../../simulators/campus.ts';
import { devicePassword } from '../../simulators/passwords.ts';
import type { SimulatorOptions } from '../../simulators/simulator.ts';
import { VirtualClock } from '../../src/clock.ts';
import { at, configuration, devices, MINUTE } from './fixture.ts';

const SECRET = 'a secret';
const START = at('2026-11-24 10:00');
const SOON = { timeout: 10_000, interval: 10 };

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Packet {
  topic: string;
  payload: string;
  qos: number;
  retain: boolean;
  clientId: string;
}

async function startBroker(port = 0) {
  const aedes = await Aedes.createBroker();
  const packets: Packet[] = [];
  const names = new Map<string, string>();
  aedes.authenticate = ({ id }, username, password, done) => {
    const known =
      username !== undefined && password?.toString() === devicePassword(SECRET, username);
    if (known) names.set(id, username);
    done(null, known);
  };
  aedes.on('publish', ({ topic, payload, qos, retain }, client) => {
    if (client)
      packets.push({ topic, payload: payload.toString(), qos, retain, clientId: client.id });
  });
  const server: Server = createServer(aedes.handle);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const close = async () => {
    await new Promise<void>((resolve) => aedes.close(resolve));
    await new Promise((resolve) => server.close(resolve));
  };
  closers.push(close);
  return {
    port: address.port,
    url: `mqtt://127.0.0.1:${address.port}`,
    aedes,
    packets,
    names,
    of: (topic: string) => packets.filter((packet) => packet.topic === topic),
    close,
  };
}

async function simulate(mqttUrl: string, options: Partial<SimulatorOptions> = {}) {
  const clock = new VirtualClock(START);
  const simulator: CampusSimulator = await startCampusSimulator({
    configuration,
    mqttUrl,
    password: (username) => devicePassword(SECRET, username),
    clock,
    ...options,
  });
  closers.push(() => simulator.stop());
  return { simulator, clock, after: (ms: number) => clock.moveTo(clock.now() + ms) };
}

const someDevices = (...ids: string[]) => ({
  ...configuration,
  campuses: new Map(
    [...configuration.campuses].map(([id, campus]) => [id, { ...campus, bridges: [] }]),
  ),
  devices: new Map(devices.filter(({ id }) => ids.includes(id)).map((one) => [one.key, one])),
});

test('every device connects as itself and reports at once', async () => {
  const broker = await startBroker();
  const { simulator, after } = await simulate(broker.url);
  after(1000);
  // each device reports, and 8 Zigbee devices and the bridge are said to be online
  await vi.waitFor(() => expect(broker.packets).toHaveLength(devices.length + 9), SOON);

  const own = devices.filter(({ profile }) => profile.format.kind === 'json');
  for (const { campus, id, key } of own) {
    const [packet] = broker.of(`campus/${campus.id}/${id}/up`);
    expect(packet).toMatchObject({ qos: 1, retain: false, clientId: key.replace('/', '-') });
    expect(broker.names.get(packet?.clientId ?? '')).toBe(key);
  }
  expect(broker.of('zigbee2mqtt/bridge/state')).toMatchObject([
    { payload: '{"state":"online"}', retain: true, clientId: 'qingcheng-zigbee' },
  ]);
  expect(broker.of('zigbee2mqtt/library/availability')).toMatchObject([
    { payload: '{"state":"online"}' },
  ]);
  expect(broker.of('zigbee2mqtt/library')).toHaveLength(1);
  await vi.waitFor(
    () =>
      expect(simulator.status()).toEqual({
        devices: devices.length,
        links: own.length + 1,
        connected: own.length + 1,
        acknowledged: devices.length + 9,
        dropped: 0,
        problem: undefined,
      }),
    SOON,
  );

  await simulator.stop();
  await vi.waitFor(() => expect(broker.aedes.connectedClients).toBe(0), SOON);
  await expect(fetch(`${simulator.controlUrl}/faults`)).rejects.toThrow();
});

test('after that each reports by its interval', async () => {
  const broker = await startBroker();
  const { after } = await simulate(broker.url, {
    configuration: someDevices('electricity-main', 'boiler-room-smoke-1'),
  });
  after(10);
  await vi.waitFor(() => expect(broker.packets).toHaveLength(2), SOON);
  after(10 * MINUTE);
  const reports = () => broker.of('campus/qingcheng/electricity-main/up').length;
  await vi.waitFor(() => expect(reports()).toBeGreaterThanOrEqual(10), SOON);
  expect(reports()).toBeLessThanOrEqual(11);
  expect(broker.of('campus/qingcheng/boiler-room-smoke-1/up')).toHaveLength(1);
  after(24 * 60 * MINUTE);
  await vi.waitFor(
    () => expect(broker.of('campus/qingcheng/boiler-room-smoke-1/up')).toHaveLength(2),
    SOON,
  );
});

test('a fault asked for over HTTP is reported at once, and so is its end', async () => {
  const broker = await startBroker();
  const { simulator, after } = await simulate(broker.url, {
    configuration: someDevices('boiler-room-smoke-1'),
  });
  after(0);
  const smoke = () =>
    broker
      .of('campus/qingcheng/boiler-room-smoke-1/up')
      .map(({ payload }) => JSON.parse(payload).values.smoke);
  await vi.waitFor(() => expect(smoke()).toEqual([false]), SOON);

  const faults = `${simulator.controlUrl}/faults`;
  const post = (body: object) =>
    fetch(faults, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const started = await post({ fault: 'smoke', device: 'boiler-room-smoke-1' });
  expect(started.status).toBe(201);
  const { id } = JSON.parse(await started.text());
  await vi.waitFor(() => expect(smoke()).toEqual([false, true]), SOON);
  expect(await (await fetch(faults)).json()).toMatchObject({
    active: [{ id, fault: 'smoke', devices: ['qingcheng/boiler-room-smoke-1'] }],
  });

  expect((await fetch(`${faults}/${id}`, { method: 'DELETE' })).status).toBe(204);
  expect((await fetch(`${faults}/${id}`, { method: 'DELETE' })).status).toBe(404);
  await vi.waitFor(() => expect(smoke()).toEqual([false, true, false]), SOON);

  const unknown = await post({ fault: 'earthquake', device: 'boiler-room-smoke-1', for: 'long' });
  expect(unknown.status).toBe(400);
  expect(JSON.stringify(await unknown.json())).toMatch(/freezer_failure.*a duration such as/);
  const nowhere = await post({ fault: 'smoke', device: 'nowhere' });
  expect(nowhere.status).toBe(400);
  expect(await nowhere.text()).toMatch(/one of qingcheng\/boiler-room-smoke-1/);
  // another site's page can't send JSON, and plain text is not listened to
  const plain = await fetch(faults, { method: 'POST', body: '{"fault":"smoke"}' });
  expect(plain.status).toBe(415);
});

test('a scenario plays by itself', async () => {
  const broker = await startBroker();
  const { simulator, after } = await simulate(broker.url, {
    configuration: someDevices('canteen-dining-smoke-1', 'canteen-dining-smoke-2'),
    scenario: [{ at: '20s', fault: 'fire', device: 'canteen-dining-smoke-1', for: '1m' }],
  });
  after(19_000);
  await vi.waitFor(() => expect(broker.packets).toHaveLength(2), SOON);
  expect(simulator.activeFaults()).toEqual([]);
  after(1000);
  expect(simulator.activeFaults()).toMatchObject([{ fault: 'fire' }]);
  await vi.waitFor(
    () =>
      expect(broker.packets.filter(({ payload }) => payload.includes('"smoke":true'))).toHaveLength(
        2,
      ),
    SOON,
  );
  after(MINUTE);
  expect(simulator.activeFaults()).toEqual([]);
});

test('a device that is refused says so and keeps trying', async () => {
  const broker = await startBroker();
  const { simulator, after } = await simulate(broker.url, {
    configuration: someDevices('water-main'),
    password: () => 'wrong',
  });
  after(0);
  await vi.waitFor(() => expect(simulator.status().problem).toMatch(/not authorized/i), SOON);
  expect(simulator.status().connected).toBe(0);
});

test('devices come back after the broker was away, with what they had to say', async () => {
  const broker = await startBroker();
  const { simulator, after } = await simulate(broker.url, {
    configuration: someDevices('water-main', 'boiler-room-smoke-1'),
  });
  after(10);
  await vi.waitFor(() => expect(simulator.status().acknowledged).toBe(2), SOON);
  await broker.close();
  await vi.waitFor(() => expect(simulator.status().connected).toBe(0), SOON);
  simulator.startFault({ fault: 'smoke', device: 'boiler-room-smoke-1' });
  after(3 * MINUTE);

  const again = await startBroker(broker.port);
  await vi.waitFor(() => {
    expect(again.of('campus/qingcheng/water-main/up').length).toBeGreaterThanOrEqual(3);
    expect(again.of('campus/qingcheng/boiler-room-smoke-1/up')).toHaveLength(1);
  }, SOON);
});

test('nothing is simulated before the registers began', async () => {
  await expect(simulate('mqtt://127.0.0.1:1', { start: Date.UTC(2024, 0, 1) })).rejects.toThrow(
    RangeError,
  );
});
