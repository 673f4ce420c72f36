import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { loadConfiguration } from '../src/campus/load.ts';
import type { Configuration } from '../src/campus/model.ts';
import { fingerprint } from '../src/campus/watch.ts';
import { VirtualClock } from '../src/clock.ts';
import { Gateway } from '../src/gateway.ts';
import { followConfiguration } from '../src/reload.ts';
import type { Database } from '../src/storage/database.ts';
import { Folder } from './harness/folder.ts';
import { errorLog } from './harness/life.ts';
import { realProfiles } from './harness/profiles.ts';
import { type School, school } from './harness/school.ts';

const yaml = (...devices: string[]) => `
campus: {id: qingcheng, name: 青城小学}
people: [{id: zhang, name: 张伟}]
devices: [${devices.map((id) => `{id: ${id}, profile: generic/freezer}`).join(', ')}]
`;
const BROKEN = `${yaml('one')}\nnonsense: 1\n`;

/** Holds up loading until it is told to go on. */
class Gate {
  loads = 0;
  #open = Promise.withResolvers<void>();

  constructor(isOpen = true) {
    if (isOpen) this.open();
  }

  open(): void {
    this.#open.resolve();
  }

  async pass<T>(load: () => T): Promise<T> {
    this.loads += 1;
    const loaded = Promise.try(load);
    await Promise.allSettled([loaded, this.#open.promise]);
    return loaded;
  }
}

/** A school whose campus.yaml has the device `one`, and is followed. */
async function followed(
  folder: Folder,
  gate = new Gate(),
): Promise<School & { complaints: string[] }> {
  const config = folder.write('campus.yaml', yaml('one'));
  const load = (): Configuration => loadConfiguration(config, realProfiles);
  const complaints: string[] = [];
  const night = await school(load(), undefined, {
    parts: ({ core, clock }) =>
      followConfiguration({
        ...{ config, clock, core, log: errorLog(complaints) },
        fingerprint: fingerprint(config),
        load: () => gate.pass(load),
        take: async (configuration) => core.follow(configuration),
      }),
  });
  return Object.assign(night, { complaints });
}

/** From now on no COMMIT that holds anything finds room; one that holds nothing needs none. */
function fillUp({ connection }: Database): { clean(): void } {
  const exec = connection.exec.bind(connection);
  const count = connection.prepare('SELECT total_changes() AS changes');
  let before = count.get()?.changes;
  connection.exec = (sql) => {
    if (sql.startsWith('BEGIN')) before = count.get()?.changes;
    if (sql === 'COMMIT' && count.get()?.changes !== before) {
      throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
    }
    exec(sql);
  };
  return {
    clean: () => {
      connection.exec = exec;
    },
  };
}

const devicesOf = ({ core }: Pick<School, 'core'>) => [...core.configuration.devices.keys()];
const DEVICE = 'qingcheng/';

test('a broken edit while nothing can be written is told of once there is room again', async () => {
  using folder = new Folder();
  await using night = await followed(folder);
  night.diskFails();
  folder.write('campus.yaml', BROKEN);
  await night.clock.forward('2m');
  expect(night.complaints).toContain('the changed configuration was not taken');
  expect(devicesOf(night)).toEqual([`${DEVICE}one`]);
  expect(night.openAlarms()).toEqual([]);
  night.diskWorks();
  await night.clock.forward('15s');
  expect(night.openAlarms()).toEqual(['gateway config-reload-failed']);
  expect(devicesOf(night)).toEqual([`${DEVICE}one`]);
});

test('an edit that is broken in another way is told anew, the same one again is not', async () => {
  using folder = new Folder();
  await using night = await followed(folder);
  const titles = () => night.core.ownAlarms().map(({ title }) => title);
  const rings = () => night.core.store.allOpen().map(({ occurrences }) => occurrences);
  folder.write('campus.yaml', BROKEN);
  await night.clock.forward('5s');
  const [first] = titles();
  expect(first?.zh).toMatch(
    /^配置修改未生效：配置中有 1 处错误：\n.*campus\.yaml:6: nonsense：实际为 未知的键 "nonsense"；允许：只能用这些键：/,
  );
  expect(first?.en).toMatch(/^The changed configuration was not taken: 1 mistake\(s\) /);
  expect(first?.zh).not.toContain('found');
  expect(first?.en).not.toMatch(/\p{Script=Han}/u);

  // another edit, with the same mistake in the same line
  folder.write('campus.yaml', BROKEN.replace('张伟', '张伟强'));
  await night.clock.forward('5s');
  expect(titles()).toEqual([first]);
  expect(rings()).toEqual([1]);

  folder.write('campus.yaml', yaml('One'));
  await night.clock.forward('5s');
  expect(titles()).toEqual([{ zh: expect.stringContaining('"One"'), en: expect.any(String) }]);
  expect(rings()).toEqual([2]);

  folder.write('campus.yaml', yaml('one'));
  await night.clock.forward('5s');
  expect(titles()).toEqual([]);
});

test('a good edit while nothing can be written is taken once there is room again', async () => {
  using folder = new Folder();
  await using night = await followed(folder);
  night.diskFails();
  folder.write('campus.yaml', yaml('one', 'two'));
  await night.clock.forward('2m');
  expect(devicesOf(night)).toEqual([`${DEVICE}one`]);
  night.diskWorks();
  await night.clock.forward('15s');
  expect(devicesOf(night)).toEqual([`${DEVICE}one`, `${DEVICE}two`]);
  // nothing was wrong with it
  expect(night.core.store.list({ limit: 10 })).toEqual([]);
});

test('an edit that adds nothing waits for room as a whole, too', async () => {
  using folder = new Folder();
  await using night = await followed(folder);
  folder.write('campus.yaml', yaml('one', 'two'));
  // both have fallen silent by then: what is taken away has an alarm to be ended
  await night.clock.forward('1h');
  const active = () => night.core.store.allOpen().filter(({ cleared }) => cleared === undefined);
  expect(active().map(({ device }) => device)).toEqual(['one', 'two']);
  const disk = fillUp(night.core.database);
  folder.write('campus.yaml', yaml('one'));
  await night.clock.forward('2m');
  expect(night.complaints).toContain('the changed configuration was not taken');
  expect(devicesOf(night)).toEqual([`${DEVICE}one`, `${DEVICE}two`]);
  expect([...night.core.catalogue.devices.keys()]).toEqual([`${DEVICE}one`, `${DEVICE}two`]);
  disk.clean();
  await night.clock.forward('15s');
  expect(devicesOf(night)).toEqual([`${DEVICE}one`]);
  expect(active().map(({ device }) => device)).toEqual(['one']);
});

test('a disk that was full for a moment only makes no alarm of a good edit', async () => {
  using folder = new Folder();
  await using night = await followed(folder);
  const { core } = night;
  const follow = core.follow.bind(core);
  core.follow = () => {
    core.follow = follow;
    throw Object.assign(new Error('full'), { errcode: 13 });
  };
  folder.write('campus.yaml', yaml('one', 'two'));
  await night.clock.forward('30s');
  expect(devicesOf(night)).toEqual([`${DEVICE}one`, `${DEVICE}two`]);
  expect(core.store.list({ limit: 10 })).toEqual([]);
});

test('a broken edit that was corrected while the gateway stood still is over at its start', async () => {
  using folder = new Folder();
  await using night = await followed(folder);
  folder.write('campus.yaml', BROKEN);
  await night.clock.forward('5s');
  expect(night.core.ownAlarms()).toHaveLength(1);
  folder.write('campus.yaml', yaml('one'));
  await night.restart();
  await night.clock.forward('5s');
  expect(night.core.ownAlarms()).toEqual([]);
});

test('an edit that is still being read at the stop goes no further', async () => {
  for (const edit of [BROKEN, yaml('one', 'two')]) {
    using folder = new Folder();
    const gate = new Gate(false);
    await using night = await followed(folder, gate);
    folder.write('campus.yaml', edit);
    await night.clock.forward('5s');
    expect(gate.loads).toBe(1);
    const { core } = night;
    await night.stop();
    gate.open();
    await setImmediate();
    expect(devicesOf({ core })).toEqual([`${DEVICE}one`]);
    expect(night.complaints).toEqual([]);
  }
});

test('an edit during a slow reload is taken after it, and nothing older than it', async () => {
  using folder = new Folder();
  const gate = new Gate(false);
  await using night = await followed(folder, gate);
  folder.write('campus.yaml', yaml('one', 'two'));
  await night.clock.forward('5s');
  folder.write('campus.yaml', yaml('one', 'two', 'three'));
  await night.clock.forward('1m');
  expect(gate.loads).toBe(1);
  gate.open();
  await night.clock.forward('2s');
  expect(gate.loads).toBe(2);
  expect(devicesOf(night)).toEqual(['one', 'two', 'three'].map((id) => DEVICE + id));
  await night.clock.forward('1h');
  expect(gate.loads).toBe(2);
});

/** A gateway on a clock of the test, gone after it. */
async function open(folder: Folder, config: string) {
  const clock = new VirtualClock(Date.parse('2026-11-24T08:00:00+08:00'));
  const log = pino({ level: 'silent' });
  const data = folder.file('data');
  const ports = { httpPort: 0, mqttPort: 0 };
  const gateway = await Gateway.open({ config, data, log, clock, env: {}, ...ports });
  return {
    gateway,
    /** Moves on far enough to take an edit. */
    look: () => {
      for (const _ of [1, 2]) clock.moveTo(clock.now() + 1_000);
    },
    complaints: () => gateway.core.ownAlarms().map(({ title }) => title.en),
    [Symbol.asyncDispose]: () => gateway.stop(),
  };
}

test('an edit while the gateway starts is taken as soon as it runs', async () => {
  using folder = new Folder();
  await using site = await open(folder, folder.write('campus.yaml', yaml('one')));
  folder.write('campus.yaml', yaml('one', 'two'));
  await site.gateway.start();
  site.look();
  await expect.poll(() => devicesOf(site.gateway)).toEqual([`${DEVICE}one`, `${DEVICE}two`]);
});

test('a setting of the machine that would stop the next start is no good edit', async () => {
  using folder = new Folder();
  await using site = await open(folder, folder.write('campus.yaml', yaml('one')));
  const { gateway, look, complaints } = site;
  await gateway.start();
  folder.write('campus.yaml', `${yaml('one', 'two')}http: {host: 0.0.0.0}\n`);
  look();
  await expect
    .poll(complaints)
    .toEqual([expect.stringContaining('will not listen on 0.0.0.0 without an access token')]);
  expect(devicesOf(gateway)).toEqual([`${DEVICE}one`]);
  expect(gateway.core.configuration.machine.http.host).toBe('127.0.0.1');
  folder.write('campus.yaml', yaml('one', 'two'));
  look();
  await expect.poll(complaints).toEqual([]);
});

/** A broker that never answers, and who is connected to it. */
async function silentBroker() {
  const sockets = new Set<Socket>();
  const counts = { all: 0 };
  const server = createServer((socket) => {
    counts.all += 1;
    sockets.add(socket);
    socket.resume();
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    counts,
    sockets,
    url: `mqtt://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await once(server.close(), 'close');
    },
  };
}

describe('a campus more at an external broker', () => {
  const campus = (id: string) => `campus: {id: ${id}, name: ${id} 小学}`;

  test('makes the gateway connect anew, with what it had at the start', async () => {
    using folder = new Folder();
    await using broker = await silentBroker();
    folder.write('north.yaml', campus('north'));
    folder.write('gateway.yaml', `transport: {external: {url: "${broker.url}"}}`);
    await using site = await open(folder, folder.path);
    await site.gateway.start();
    await expect.poll(() => broker.sockets.size).toBe(1);
    folder.write('south.yaml', campus('south'));
    // another client id takes effect at the next start, not by the way
    const external = `{url: "mqtt://127.0.0.1:1", clientId: another}`;
    folder.write('gateway.yaml', `transport: {external: ${external}}`);
    site.look();
    await expect.poll(() => broker.counts.all).toBe(2);
    await expect.poll(() => broker.sockets.size).toBe(1);
    expect(site.complaints()).toEqual([]);
  });

  test('brings up nothing new in a gateway that stops', async () => {
    using folder = new Folder();
    await using broker = await silentBroker();
    folder.write('north.yaml', campus('north'));
    folder.write('gateway.yaml', `transport: {external: {url: "${broker.url}"}}`);
    const site = await open(folder, folder.path);
    await site.gateway.start();
    await expect.poll(() => broker.sockets.size).toBe(1);
    folder.write('south.yaml', campus('south'));
    site.look();
    await expect.poll(() => site.gateway.core.configuration.campuses.size).toBe(2);
    await site.gateway.stop();
    await expect.poll(() => broker.sockets.size).toBe(0);
    expect(broker.counts.all).toBe(1);
  });
});
