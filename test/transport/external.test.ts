import { describe, expect, it } from 'vitest';
import {
  CONNECT,
  hasMosquitto,
  PINGREQ,
  PUBACK,
  SUBSCRIBE,
  startAedes,
  startMosquitto,
} from './brokers.ts';
import { device, gateway, run, sessionAt, up } from './external-support.ts';
import { ping, until } from './support.ts';

const names = Array.from({ length: 100 }, (_, i) => `${i}`);

describe.each([
  { name: 'aedes', begin: () => startAedes(), there: true },
  {
    name: 'mosquitto (skipped where it is not installed)',
    begin: startMosquitto,
    there: hasMosquitto,
  },
])('an external broker: $name', ({ begin, there }) => {
  const test = it.runIf(there);

  test('delivers, and is acknowledged after the commit only', async () => {
    const { broker, tap } = await run(await begin());
    const { pipeline, transport, connected } = await gateway(tap.url, false);
    await connected();
    const meter = await device(broker);
    await up(meter, 'first');
    const [message] = await pipeline.holds(1);
    expect(message).toMatchObject({ topic: 'campus/meter/up', replayed: false });
    expect(tap.count(PUBACK)).toBe(0);
    message?.done();
    await until(() => tap.count(PUBACK) === 1);
    expect(transport.status()).toEqual({ connected: true, problem: undefined });
  });

  test('has many messages under way in one commit, and acknowledges them in order', async () => {
    const { broker, tap } = await run(await begin());
    const { pipeline, connected } = await gateway(tap.url, false);
    await connected();
    const meter = await device(broker);
    for (const name of names) meter.publish('campus/meter/up', name, { qos: 1 });
    // Mosquitto sends twenty and waits for their acknowledgement.
    const first = (await pipeline.holds(20)).splice(0, 20);
    // The last is committed first, but nothing is acknowledged before the first is.
    for (const { done } of first.slice(1).reverse()) done();
    await ping(meter);
    expect(tap.count(PUBACK)).toBe(0);
    first[0]?.done();
    await until(() => tap.count(PUBACK) === 20);
    pipeline.automatic = true;
    const rest = first.concat(pipeline.taken);
    pipeline.commitAll();
    await until(() => tap.count(PUBACK) === 100);
    expect(rest.map(({ payload }) => payload.toString()).slice(0, 20)).toEqual(names.slice(0, 20));
  });

  test('delivers again what was not acknowledged before a crash', async () => {
    const { broker, tap } = await run(await begin());
    const first = await gateway(tap.url, false);
    await first.connected();
    const meter = await device(broker);
    await up(meter, 'committed');
    await up(meter, 'lost');
    const [committed, lost] = await first.pipeline.holds(2);
    committed?.done();
    await until(() => tap.count(PUBACK) === 1);
    tap.cut();
    await until(() => first.states.at(-1)?.connected === false);
    // Committed too late: its connection is gone, so the broker cannot know.
    lost?.done();
    await first.transport.stop();

    const second = await gateway(tap.url, true);
    await until(() => second.pipeline.texts().includes('lost'));
    expect(second.pipeline.texts()).toEqual(['lost']);
    expect(second.pipeline.taken[0]?.replayed).toBe(false);
  });

  test('closes the connection over a message that was not taken, and gets it again', async () => {
    const { broker, tap } = await run(await begin());
    const { pipeline, states, connected, retry } = await gateway(tap.url, false);
    await connected();
    const meter = await device(broker);
    await up(meter, 'reading');
    const [message] = await pipeline.holds(1);
    message?.done(new Error('disk full'));
    await until(() => states.at(-1)?.connected === false);
    expect(states.at(-1)?.problem).toContain('disk full');
    expect(tap.count(PUBACK)).toBe(0);
    await retry();
    const [, again] = await pipeline.holds(2);
    again?.done();
    await until(() => tap.count(PUBACK) === 1);
    expect(pipeline.texts()).toEqual(['reading', 'reading']);
  });

  test('tells what is replayed from what is sent now', async () => {
    const { broker, tap } = await run(await begin());
    const meter = await device(broker);
    await up(meter, 'old', { retain: true });
    const { pipeline, connected } = await gateway(tap.url, true);
    await connected();
    await pipeline.holds(1);
    await up(meter, 'new', { retain: true });
    await pipeline.holds(2);
    expect(pipeline.taken.map(({ replayed }) => replayed)).toEqual([true, false]);
    expect(pipeline.texts()).toEqual(['old', 'new']);
  });

  test('finds its session after the broker was restarted', async () => {
    const { broker, tap } = await run(await begin());
    const { pipeline, states, connected, retry } = await gateway(tap.url, false);
    await connected();
    const meter = await device(broker);
    await up(meter, 'open');
    await pipeline.holds(1);
    await broker.restart(async () => {
      await until(() => states.at(-1)?.connected === false);
      expect(states.at(-1)?.problem).toContain('cannot be reached');
    });
    await up(await device(broker), 'missed');
    await retry();
    await connected();
    const messages = await pipeline.holds(3);
    // No second SUBSCRIBE: it would make the broker replay all it retains.
    expect(tap.count(SUBSCRIBE)).toBe(1);
    expect(messages.map(({ payload }) => payload.toString())).toEqual(['open', 'open', 'missed']);
    expect(messages.map(({ replayed }) => replayed)).toEqual([false, false, false]);
    pipeline.commitAll();
    await until(() => tap.count(PUBACK) === 2);
  });

  test('delivers no more of a campus that was removed while the gateway was off', async () => {
    const { broker, tap } = await run(await begin());
    const session = sessionAt(tap.url);
    const both = { session, filters: ['campus/#', 'annex/#'] };
    const before = await gateway(tap.url, true, both);
    await before.connected();
    const meter = await device(broker);
    await meter.publishAsync('annex/meter/up', 'annex', { qos: 1 });
    await before.pipeline.holds(1);
    await before.transport.stop();

    const after = await gateway(tap.url, true, { session });
    await after.connected();
    await meter.publishAsync('annex/meter/up', 'gone', { qos: 1 });
    await up(meter, 'still here');
    await after.pipeline.holds(1);
    expect(after.pipeline.texts()).toEqual(['still here']);
    expect(session.read()).toEqual(['campus/#']);
    await after.transport.stop();

    const again = await gateway(tap.url, true, both);
    await again.connected();
    await meter.publishAsync('annex/meter/up', 'back', { qos: 1 });
    await again.pipeline.holds(1);
    expect(again.pipeline.texts()).toEqual(['back']);
  });

  test('stays connected while a commit stalls', async () => {
    const { broker, tap } = await run(await begin());
    const { pipeline, states, connected } = await gateway(tap.url, false, { keepalive: 1 });
    await connected();
    await up(await device(broker), 'reading');
    await pipeline.holds(1);
    // The second ping goes out after two seconds, and only if the first was answered.
    await until(() => tap.count(PINGREQ) === 2);
    pipeline.commitAll();
    await until(() => tap.count(PUBACK) === 1);
    expect(tap.count(CONNECT)).toBe(1);
    expect(states).toEqual([{ connected: true, problem: undefined }]);
  });

  test('stays connected while it reads no further because a commit stalls', async () => {
    const { broker, tap } = await run(await begin());
    const options = { keepalive: 1, maxPending: 5000 };
    const { pipeline, transport, connected } = await gateway(tap.url, false, options);
    await connected();
    const meter = await device(broker);
    for (const name of names) meter.publish('campus/meter/up', name, { qos: 1 });
    await pipeline.holds(5);
    await until(() => tap.count(PINGREQ) === 2);
    expect(pipeline.taken).toHaveLength(5);
    expect(transport.status().problem).toContain('wait to be stored');
    pipeline.automatic = true;
    pipeline.commitAll();
    await until(() => tap.count(PUBACK) === 100);
    expect(pipeline.texts()).toEqual(names.slice(5));
    expect(tap.count(CONNECT)).toBe(1);
    expect(transport.status().problem).toBeUndefined();
  });

  test('acknowledges what is committed while it stops, and takes nothing more', async () => {
    const { broker, tap } = await run(await begin());
    const { pipeline, transport, connected } = await gateway(tap.url, false);
    await connected();
    const meter = await device(broker);
    await up(meter, 'first');
    await pipeline.holds(1);
    const stopped = transport.stop();
    await up(meter, 'second');
    pipeline.commitAll();
    await stopped;
    await until(() => tap.count(PUBACK) === 1);
    expect(transport.status().connected).toBe(false);

    const next = await gateway(tap.url, true);
    await next.pipeline.holds(1);
    expect(next.pipeline.texts()).toEqual(['second']);
  });
});
