import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createEmbeddedBroker } from '../../src/transport/embedded.ts';
import {
  as,
  bare,
  closed,
  connectPacket,
  device,
  ping,
  publishPacket,
  startEmbedded,
  until,
} from './support.ts';

describe('publishing', () => {
  it.each([0, 1, 2] as const)('hands a message with QoS %i on', async (qos) => {
    const { url, pipeline } = await startEmbedded();
    const meter = await device(url, as('meter'));
    await meter.publishAsync('campus/meter/up', 'reading', { qos });
    await pipeline.holds(1);
    expect(pipeline.taken[0]).toMatchObject({ topic: 'campus/meter/up', replayed: false });
    expect(pipeline.texts()).toEqual(['reading']);
  });

  it.each([
    [1, 'puback'],
    [2, 'pubrec'],
  ] as const)('acknowledges QoS %i only after the commit', async (qos, answer) => {
    const { url, pipeline } = await startEmbedded({}, false);
    const meter = await device(url, as('meter'));
    const answers: string[] = [];
    meter.on('packetreceive', ({ cmd }) => answers.push(cmd));
    const published = meter.publishAsync('campus/meter/up', 'reading', { qos });
    const [message] = await pipeline.holds(1);
    await ping(meter);
    expect(answers).toEqual(['pingresp']);
    message?.done();
    await published;
    expect(answers[1]).toBe(answer);
  });

  it('closes without PUBACK when the message was not taken', async () => {
    const { url, pipeline, refused } = await startEmbedded({}, false);
    const meter = await device(url, as('meter'));
    const answers: string[] = [];
    meter.on('packetreceive', ({ cmd }) => answers.push(cmd));
    meter.publish('campus/meter/up', 'reading', { qos: 1 });
    const [message] = await pipeline.holds(1);
    message?.done(new Error('disk full'));
    await closed(meter);
    expect(answers).toEqual([]);
    expect(refused).toEqual([]);
  });

  it('takes again what a device repeats after a connection was lost', async () => {
    const { url, pipeline } = await startEmbedded({}, false);
    const meter = await device(
      url,
      as('meter', { clean: false, clientId: 'm', reconnectPeriod: 1 }),
    );
    const published = meter.publishAsync('campus/meter/up', 'reading', { qos: 1 });
    const [first] = await pipeline.holds(1);
    first?.done(new Error('disk full'));
    const [, second] = await pipeline.holds(2);
    second?.done();
    await published;
    expect(pipeline.texts()).toEqual(['reading', 'reading']);
  });

  it('has many messages of one device under way at once', async () => {
    const { port, pipeline } = await startEmbedded({}, false);
    const { socket, bytes } = await bare(port);
    socket.write(connectPacket('m', 'meter', 'meter-password'));
    await until(() => bytes().length === 4);
    const messages = Array.from({ length: 250 }, (_, i) =>
      publishPacket('campus/meter/up', i + 1, `${i}`),
    );
    socket.write(Buffer.concat(messages));
    await pipeline.holds(250);
    expect(pipeline.texts()).toEqual(messages.map((_, i) => `${i}`));
    expect(bytes()).toHaveLength(4);
    pipeline.commitAll();
    await until(() => bytes().length === 4 + 250 * 4);
    socket.destroy();
  });

  it('acknowledges by the id that it was given, and goes on after one that MQTT does not know', async () => {
    const { port, pipeline } = await startEmbedded({}, false);
    const { socket, bytes } = await bare(port);
    socket.write(connectPacket('m', 'meter', 'meter-password'));
    await until(() => bytes().length === 4);
    socket.write(publishPacket('campus/meter/up', 0, 'a'));
    socket.write(publishPacket('campus/meter/up', 1, 'b'));
    await pipeline.holds(2);
    pipeline.commitAll();
    await until(() => bytes().length === 4 + 8);
    expect(bytes().subarray(4)).toEqual(Buffer.from([0x40, 2, 0, 0, 0x40, 2, 0, 1]));
    socket.destroy();
  });

  it('forgets the retain flag', async () => {
    const { url, pipeline } = await startEmbedded();
    const meter = await device(url, as('meter'));
    await meter.publishAsync('campus/meter/up', 'kept', { qos: 1, retain: true });
    const messages: string[] = [];
    meter.on('message', (_topic, payload) => messages.push(payload.toString()));
    await meter.subscribeAsync('campus/meter/#');
    await meter.publishAsync('campus/meter/up', 'now', { qos: 1 });
    await until(() => messages.length > 0);
    expect(messages).toEqual(['now']);
    expect(pipeline.taken.map(({ replayed }) => replayed)).toEqual([false, false]);
  });

  it.each(['campus/fridge/up', '$SYS/x', `campus/meter/${'x'.repeat(250)}`])(
    'refuses %s: it closes the connection and says so',
    async (topic) => {
      const { url, pipeline, refused } = await startEmbedded();
      const meter = await device(url, as('meter'));
      meter.publish(topic, 'reading', { qos: 1 });
      await closed(meter);
      expect(pipeline.taken).toEqual([]);
      expect(refused.map(({ code }) => code)).toEqual(['MQTT_TOPIC']);
      expect(refused[0]?.params).toMatchObject({ username: 'meter', address: '127.0.0.1' });
      expect(String(refused[0]?.params.topic)).toContain(topic.slice(0, 100));
    },
  );

  it('refuses topics of too many levels', async () => {
    const { url, pipeline, refused } = await startEmbedded();
    const meter = await device(url, as('meter'));
    meter.publish(`campus/meter/${'x/'.repeat(20)}`, 'reading', { qos: 1 });
    await closed(meter);
    expect(pipeline.taken).toEqual([]);
    expect(refused.map(({ code }) => code)).toEqual(['MQTT_PROTOCOL']);
  });

  it('takes nothing more from a user who is gone', async () => {
    let gone = false;
    const all = { mayPublish: () => true, maySubscribe: () => true };
    const { url, pipeline } = await startEmbedded({ grants: () => (gone ? undefined : all) });
    const meter = await device(url, as('meter'));
    await meter.publishAsync('campus/meter/up', 'reading', { qos: 1 });
    gone = true;
    meter.publish('campus/meter/up', 'reading', { qos: 1 });
    await closed(meter);
    expect(pipeline.taken).toHaveLength(1);
  });
});

describe('last wills', () => {
  const will = (topic: string) => ({
    topic,
    payload: Buffer.from('gone'),
    qos: 1 as const,
    retain: true,
  });

  it('are messages like any other', async () => {
    const { url, pipeline } = await startEmbedded();
    const meter = await device(url, as('meter', { will: will('campus/meter/status') }));
    meter.stream.destroy();
    await pipeline.holds(1);
    expect(pipeline.taken[0]).toMatchObject({ topic: 'campus/meter/status', replayed: false });
    expect(pipeline.texts()).toEqual(['gone']);
  });

  it('are not sent after a goodbye', async () => {
    const { url, pipeline, broker } = await startEmbedded();
    const meter = await device(url, as('meter', { will: will('campus/meter/status') }));
    await meter.endAsync();
    await until(() => broker.status().clients === 0);
    expect(pipeline.taken).toEqual([]);
  });

  it('are refused on the topics of others', async () => {
    const { url, pipeline, refused } = await startEmbedded();
    const meter = await device(url, as('meter', { will: will('campus/fridge/status') }));
    meter.stream.destroy();
    await until(() => refused.length > 0);
    expect(refused[0]).toMatchObject({
      code: 'MQTT_TOPIC',
      params: { topic: 'campus/fridge/status' },
    });
    expect(pipeline.taken).toEqual([]);
  });

  it('are not sent when it is the gateway that ends', async () => {
    const { url, pipeline, broker } = await startEmbedded();
    const meter = await device(url, as('meter', { will: will('campus/meter/status') }));
    const ended = closed(meter);
    await broker.stop();
    await ended;
    expect(pipeline.taken).toEqual([]);
  });
});

describe('starting and stopping', () => {
  it('names the port that is in use', async () => {
    const { port } = await startEmbedded();
    await expect(startEmbedded({ port })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      params: { host: '127.0.0.1', port, what: 'MQTT' },
    });
  });

  it('leaves the first port free when the second is in use', async () => {
    const { port } = await startEmbedded();
    const free = await startEmbedded();
    await free.broker.stop();
    const tls = { cert: '', key: '', port };
    await expect(startEmbedded({ port: free.port, tls })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
    });
    await startEmbedded({ port: free.port });
  });

  it('stops as often as it is told to, and before it is started', async () => {
    const { broker, url } = await startEmbedded();
    await device(url, as('meter'));
    expect(broker.status()).toEqual({ connected: true, clients: 1, problem: undefined });
    await Promise.all([broker.stop(), broker.stop()]);
    await broker.stop();
    expect(broker.status()).toMatchObject({ connected: false, clients: 0 });
    const never = createEmbeddedBroker(
      { host: '127.0.0.1', port: 0, authenticate: async () => false, grants: () => undefined },
      () => {},
    );
    await never.stop();
  });

  it('leaves nothing that keeps the process alive', async () => {
    const script = fileURLToPath(new URL('fixtures/start-and-stop.ts', import.meta.url));
    // Fails if the process does not end by itself.
    const { stdout } = await promisify(execFile)(process.execPath, [script], { timeout: 15_000 });
    expect(stdout).toBe('stopped');
  });

  it('acknowledges what is committed while it stops, and takes nothing more', async () => {
    const { broker, url, pipeline } = await startEmbedded({}, false);
    const meter = await device(url, as('meter'));
    const published = meter.publishAsync('campus/meter/up', 'first', { qos: 1 });
    const [first] = await pipeline.holds(1);
    const stopped = broker.stop();
    meter.publish('campus/meter/up', 'second', { qos: 1 });
    first?.done();
    await published;
    await stopped;
    expect(pipeline.texts()).toEqual(['first']);
  });
});
