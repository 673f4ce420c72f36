import { describe, expect, it } from 'vitest';
import {
  as,
  bare,
  closed,
  connectPacket,
  device,
  ping,
  publishPacket,
  refusal,
  startEmbedded,
  subscribePacket,
  until,
} from './support.ts';

describe('connecting', () => {
  it('answers a wrong password with CONNACK 4 and nothing else', async () => {
    const { port, refused } = await startEmbedded();
    const { socket, ended, bytes } = await bare(port);
    // A message right behind it is never looked at.
    const packets = [
      connectPacket('m', 'meter', 'wrong'),
      publishPacket('campus/meter/up', 1, 'x'),
    ];
    socket.write(Buffer.concat(packets));
    await ended;
    expect(bytes()).toEqual(Buffer.from([0x20, 2, 0, 4]));
    expect(refused.map(({ code }) => code)).toEqual(['MQTT_CREDENTIALS']);
    expect(refused[0]?.params).toMatchObject({ username: 'meter' });
  });

  it('refuses strangers and the anonymous', async () => {
    const { url } = await startEmbedded();
    expect(await refusal(url, as('stranger', { password: 'x' }))).toBe(4);
    expect(await refusal(url, { reconnectPeriod: 0 })).toBe(5);
    expect(await refusal(url, { username: 'meter', reconnectPeriod: 0 })).toBe(5);
  });

  it('answers CONNACK 3 when credentials cannot be verified now', async () => {
    const { url } = await startEmbedded({
      authenticate: () => Promise.reject(new Error('too many')),
    });
    expect(await refusal(url, as('meter'))).toBe(3);
  });

  it('takes what was sent right behind CONNECT once the password is verified', async () => {
    const { port, pipeline } = await startEmbedded();
    const { socket, bytes } = await bare(port);
    const behind = Array.from({ length: 200 }, (_, i) =>
      publishPacket('campus/meter/up', i + 1, 'x'),
    );
    socket.write(Buffer.concat([connectPacket('m', 'meter', 'meter-password'), ...behind]));
    await until(() => bytes().length === 4 + 200 * 4);
    expect(pipeline.taken).toHaveLength(200);
    expect(bytes().subarray(0, 4)).toEqual(Buffer.from([0x20, 2, 0, 0]));
    socket.destroy();
  });

  it('does not look at what comes in pieces before the password is verified', async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const { port, pipeline } = await startEmbedded({ authenticate: () => promise });
    const { socket, ended, bytes } = await bare(port);
    socket.setNoDelay(true);
    socket.write(connectPacket('m', 'meter', 'x'));
    for (let i = 1; i <= 100; i++) {
      await new Promise((sent) => socket.write(publishPacket('campus/meter/up', i, 'x'), sent));
    }
    expect(pipeline.taken).toEqual([]);
    resolve(false);
    await ended;
    expect(pipeline.taken).toEqual([]);
    expect(bytes()).toEqual(Buffer.from([0x20, 2, 0, 4]));
  });

  it('does not let a device push another one off by its client id', async () => {
    const { url, broker } = await startEmbedded();
    const meter = await device(url, as('meter', { clientId: 'same' }));
    const fridge = await device(url, as('fridge', { clientId: 'same' }));
    await meter.publishAsync('campus/meter/up', 'x', { qos: 1 });
    await fridge.publishAsync('campus/fridge/up', 'x', { qos: 1 });
    expect(broker.status().clients).toBe(2);
  });

  it('replaces a connection of the same device and client id', async () => {
    const { url, broker } = await startEmbedded();
    const old = await device(url, as('meter', { clientId: 'same' }));
    const gone = closed(old);
    await device(url, as('meter', { clientId: 'same' }));
    await gone;
    expect(broker.status().clients).toBe(1);
  });

  it('turns away what is more than the most', async () => {
    const { url, port, refused } = await startEmbedded({ limits: { maxConnections: 2 } });
    const meter = await device(url, as('meter'));
    const { socket } = await bare(port);
    const third = await bare(port);
    await third.ended;
    expect(refused.map(({ code }) => code)).toEqual(['MQTT_CONNECTIONS']);
    await meter.publishAsync('campus/meter/up', 'x', { qos: 1 });
    const left = new Promise((resolve) => socket.once('close', resolve));
    socket.end();
    await left;
    await device(url, as('fridge'));
  });

  it('closes a connection that does not say CONNECT in time', async () => {
    const { port, refused } = await startEmbedded({ limits: { connectTimeout: 50 } });
    const { ended } = await bare(port);
    await ended;
    expect(refused.map(({ code }) => code)).toEqual(['MQTT_PROTOCOL']);
  });
});

describe('subscribing', () => {
  it('delivers a device its own topics', async () => {
    const { url } = await startEmbedded();
    const meter = await device(url, as('meter'));
    await meter.subscribeAsync({ 'campus/meter/+': { qos: 1 } });
    const delivered = new Promise((resolve) => meter.once('message', resolve));
    await meter.publishAsync('campus/meter/up', 'x', { qos: 1 });
    expect(await delivered).toBe('campus/meter/up');
  });

  it.each([
    'campus/fridge/up',
    'campus/+/up',
    'campus/#',
    '#',
    '+/meter/up',
    '$SYS/#',
    '$share/a/#',
  ])('does not grant %s', async (filter) => {
    const { url, refused } = await startEmbedded();
    const meter = await device(url, as('meter'));
    const granted: unknown[] = [];
    meter.on('packetreceive', (packet) => {
      if (packet.cmd === 'suback') granted.push(...packet.granted);
    });
    await expect(meter.subscribeAsync(filter)).rejects.toThrow('Unspecified error');
    expect(granted).toEqual([128]);
    expect(refused.map(({ code, params }) => [code, params.topic])).toEqual([
      ['MQTT_SUBSCRIPTION', filter],
    ]);
    // The connection stays.
    await meter.publishAsync('campus/meter/up', 'x', { qos: 1 });
  });

  it('delivers to the device wherever it is connected, with the QoS of the message', async () => {
    const { url } = await startEmbedded();
    const meter = await device(url, as('meter'));
    const other = await device(url, as('meter'));
    await other.subscribeAsync('campus/meter/#', { qos: 1 });
    const delivered: string[] = [];
    other.on('message', (_topic, payload, { qos }) => delivered.push(`${payload} ${qos}`));
    await meter.publishAsync('campus/meter/up', 'a', { qos: 1 });
    await meter.publishAsync('campus/meter/up', 'b', { qos: 0 });
    await until(() => delivered.length === 2);
    expect(delivered).toEqual(['a 1', 'b 0']);
  });

  it('delivers nothing more once nobody has subscribed any longer', async () => {
    const { url, pipeline } = await startEmbedded();
    const meter = await device(url, as('meter'));
    const delivered: string[] = [];
    meter.on('message', (_topic, payload) => delivered.push(payload.toString()));
    await meter.subscribeAsync('campus/meter/#');
    await meter.publishAsync('campus/meter/up', 'heard', { qos: 1 });
    await meter.unsubscribeAsync('campus/meter/#');
    await meter.publishAsync('campus/meter/up', 'not heard', { qos: 1 });
    await ping(meter);
    expect(delivered).toEqual(['heard']);
    expect(pipeline.texts()).toEqual(['heard', 'not heard']);
  });

  it('acknowledges in the order of the messages where a subscription begins between them', async () => {
    const { port, pipeline } = await startEmbedded({}, false);
    const { socket, bytes } = await bare(port);
    socket.write(connectPacket('m', 'meter', 'meter-password'));
    await until(() => bytes().length === 4);
    socket.write(publishPacket('campus/meter/up', 1, 'a'));
    await pipeline.holds(1);
    socket.write(subscribePacket('campus/meter/down', 2));
    await until(() => bytes().length === 4 + 5);
    socket.write(publishPacket('campus/meter/up', 3, 'b'));
    await pipeline.holds(2);
    pipeline.commitAll();
    await until(() => bytes().length === 4 + 5 + 8);
    expect(bytes().subarray(9)).toEqual(Buffer.from([0x40, 2, 0, 1, 0x40, 2, 0, 3]));
    socket.destroy();
  });

  it('bounds the subscriptions of one connection', async () => {
    const { url } = await startEmbedded();
    const meter = await device(url, as('meter'));
    for (let i = 0; i < 32; i++) await meter.subscribeAsync(`campus/meter/${i}`);
    await expect(meter.subscribeAsync('campus/meter/more')).rejects.toThrow();
    await meter.unsubscribeAsync('campus/meter/0');
    await meter.subscribeAsync('campus/meter/more');
  });

  it('keeps no session: nothing piles up for who is away', async () => {
    const { url } = await startEmbedded();
    const options = as('meter', { clean: false, clientId: 'm' });
    const first = await device(url, options);
    await first.subscribeAsync('campus/meter/#', { qos: 1 });
    await first.endAsync();
    const other = await device(url, as('meter'));
    await other.publishAsync('campus/meter/up', 'missed', { qos: 1 });

    const again = await device(url, options);
    const messages: string[] = [];
    again.on('message', (topic) => messages.push(topic));
    await ping(again);
    expect(messages).toEqual([]);
  });
});
