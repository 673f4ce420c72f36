import { once } from 'node:events';
import { createServer } from 'node:http';
import { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EmbeddedOptions } from '../../src/transport/embedded.ts';
import { Intake } from '../../src/transport/intake.ts';
import { Policy } from '../../src/transport/policy.ts';
import { Session } from '../../src/transport/session.ts';
import {
  as,
  bare,
  closed,
  connectPacket,
  device,
  fixture,
  ping,
  publishPacket,
  startEmbedded,
  until,
} from './support.ts';

const connectMeter = connectPacket('m', 'meter', 'meter-password');

describe('oversized packets', () => {
  it('takes the largest payload, in pieces and all', async () => {
    const { url, pipeline } = await startEmbedded({ limits: { maxPayload: 300_000 } });
    const meter = await device(url, as('meter'));
    await meter.publishAsync('campus/meter/up', Buffer.alloc(300_000, 'x'), { qos: 1 });
    expect(pipeline.taken[0]?.payload.length).toBe(300_000);
  });

  it('closes on a payload that is one byte too large', async () => {
    const { url, pipeline, refused } = await startEmbedded();
    const meter = await device(url, as('meter'));
    meter.publish('campus/meter/up', Buffer.alloc(256 * 1024 + 1), { qos: 1 });
    await closed(meter);
    expect(pipeline.taken).toEqual([]);
    expect(refused.map(({ code }) => code)).toEqual(['MQTT_TOO_LARGE']);
    expect(refused[0]?.params).toMatchObject({ username: 'meter', limit: 256 * 1024 });
  });

  it('closes as soon as the length is announced, before any of it is collected', async () => {
    const { port, refused } = await startEmbedded();
    const { socket, ended, bytes } = await bare(port);
    socket.write(connectMeter);
    await until(() => bytes().length === 4);
    // A PUBLISH of 256 MiB, of which only the header comes.
    socket.write(Buffer.from([0x32, 0xff, 0xff, 0xff, 0x7f]));
    await ended;
    expect(refused.map(({ code }) => code)).toEqual(['MQTT_TOO_LARGE']);
  });

  it('gives a stranger little room for his CONNECT', async () => {
    const { port, refused } = await startEmbedded();
    const { socket, ended } = await bare(port);
    socket.write(Buffer.from([0x10, 0x81, 0x80, 0x01]));
    await ended;
    expect(refused.map(({ code }) => code)).toEqual(['MQTT_TOO_LARGE']);
  });
});

describe('messages that are not committed', () => {
  it('stops reading a connection that has too many, and reads on when they are done', async () => {
    const { port, url, pipeline } = await startEmbedded(
      { limits: { maxPendingPerConnection: 4000 } },
      false,
    );
    const fridge = await device(url, as('fridge'));
    const { socket, bytes } = await bare(port);
    socket.setNoDelay(true);
    socket.write(connectMeter);
    await until(() => bytes().length === 4);
    // One by one, so that the broker has the chance to read each by itself.
    for (let i = 0; i < 10; i++) {
      await new Promise((sent) => {
        socket.write(publishPacket('campus/meter/up', i + 1, `${i}`), sent);
      });
      await ping(fridge);
    }
    expect(pipeline.texts()).toEqual(['0', '1', '2', '3']);
    pipeline.automatic = true;
    pipeline.commitAll();
    await until(() => bytes().length === 4 + 10 * 4);
    expect(pipeline.texts()).toEqual(['4', '5', '6', '7', '8', '9']);
    socket.destroy();
  });

  it('stops reading all connections when there are too many over all, and reads on later', async () => {
    const { url, broker, pipeline } = await startEmbedded({ limits: { maxPending: 4000 } }, false);
    const meter = await device(url, as('meter'));
    const fridge = await device(url, as('fridge'));
    const sent: Promise<unknown>[] = [];
    for (let i = 0; i < 4; i++) {
      sent.push(meter.publishAsync('campus/meter/up', `${i}`, { qos: 1 }));
      await pipeline.holds(i + 1);
    }
    expect(broker.status().problem).toContain('wait to be stored');
    sent.push(fridge.publishAsync('campus/fridge/up', 'late', { qos: 1 }));
    // Who connects is answered all the same.
    await device(url, as('fridge'));
    expect(pipeline.texts()).toEqual(['0', '1', '2', '3']);
    pipeline.commitAll();
    await until(() => pipeline.texts().includes('late'));
    pipeline.commitAll();
    await Promise.all(sent);
    expect(broker.status().problem).toBeUndefined();
  });

  it('does not read from who does not read its answers', async () => {
    const all = { mayPublish: () => true, maySubscribe: () => true };
    const access = { authenticate: async () => true, grants: () => all };
    const limits = { maxPayload: 1, maxTopicLength: 1, maxPendingPerConnection: 1 };
    const intake = new Intake(1);
    const policy = new Policy(access, limits, () => {}, intake);
    const written = Promise.withResolvers<() => void>();
    const stream = new Duplex({
      writableHighWaterMark: 1,
      read: () => {},
      write: (_bytes, _encoding, done) => written.resolve(done),
    });
    const session = new Session(stream, '127.0.0.1', intake);
    session.username = 'meter';
    expect(policy.mayRead(session, 1)).toBe(true);
    stream.write('answers');
    expect(policy.mayRead(session, 1)).toBe(false);
    const readable = once(stream, 'readable');
    const done = await written.promise;
    done();
    await readable;
    expect(policy.mayRead(session, 1)).toBe(true);
  });
});

describe('hostile bytes', () => {
  it.each([
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['zeroes', Buffer.alloc(100)],
    ['TLS', Buffer.from('160301020001000001fc0303', 'hex')],
    ['a PUBLISH first', publishPacket('campus/meter/up', 1, 'x')],
    ['a length without end', Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0x7f])],
    ['CONNECT twice', Buffer.concat([connectMeter, connectMeter])],
    ['MQTT 5', Buffer.from('101000044d5154540502003c000003616263', 'hex')],
  ])('closes on %s', async (_name, garbage) => {
    const { port, pipeline, refused } = await startEmbedded({ limits: { connectTimeout: 200 } });
    const { socket, ended } = await bare(port);
    socket.write(garbage);
    await ended;
    expect(pipeline.taken).toEqual([]);
    expect(refused).toHaveLength(1);
    expect(refused[0]?.code).toMatch(/^MQTT_(PROTOCOL|TOO_LARGE)$/);
  });

  it('survives anything', async () => {
    const { port, url, pipeline } = await startEmbedded({ limits: { connectTimeout: 20 } });
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 4 }),
        async (known, pieces) => {
          const { socket, ended } = await bare(port);
          if (known) socket.write(connectMeter);
          for (const piece of pieces) socket.write(piece);
          socket.end();
          await ended;
        },
      ),
    );
    pipeline.taken.splice(0);
    const meter = await device(url, as('meter'));
    await meter.publishAsync('campus/meter/up', 'x', { qos: 1 });
    expect(pipeline.texts()).toEqual(['x']);
  });
});

describe('TLS', () => {
  const certificate = { cert: fixture('test-cert.pem'), key: fixture('test-key.pem') };

  it('carries MQTT', async () => {
    const { broker, pipeline } = await startEmbedded({ tls: { port: 0, ...certificate } });
    const url = `mqtts://localhost:${broker.ports.mqtts}`;
    const meter = await device(url, as('meter', { ca: certificate.cert }));
    await meter.publishAsync('campus/meter/up', 'x', { qos: 1 });
    expect(pipeline.texts()).toEqual(['x']);
  });

  it('says that a handshake failed', async () => {
    const { broker, refused } = await startEmbedded({ tls: { port: 0, ...certificate } });
    // Does not trust the certificate.
    const socket = connectTls({ host: 'localhost', port: broker.ports.mqtts });
    await once(socket, 'error');
    await until(() => refused.length > 0);
    expect(refused[0]?.message).toContain('does not speak MQTT');
  });
});

describe('WebSocket', () => {
  async function startHttp(options: Partial<EmbeddedOptions> = {}) {
    const started = await startEmbedded(options);
    const http = createServer((_request, response) => response.end());
    http.on('upgrade', (request, socket, head) => {
      if (!started.broker.acceptWebSocket(request, socket, head)) socket.destroy();
    });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    onTestFinished(() => {
      http.close();
    });
    const address = http.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    return { ...started, url: `ws://127.0.0.1:${port}` };
  }

  it('carries MQTT at /mqtt', async () => {
    const { url, pipeline } = await startHttp();
    const meter = await device(`${url}/mqtt`, as('meter'));
    await meter.subscribeAsync('campus/meter/#');
    const delivered = new Promise((resolve) => meter.once('message', resolve));
    await meter.publishAsync('campus/meter/up', 'x', { qos: 1 });
    expect(await delivered).toBe('campus/meter/up');
    expect(pipeline.texts()).toEqual(['x']);
  });

  it('is nowhere else', async () => {
    const { url } = await startHttp();
    await expect(device(`${url}/other`, as('meter'))).rejects.toThrow();
  });

  it('bounds the payload as well', async () => {
    const { url, pipeline, refused } = await startHttp();
    for (const excess of [1, 1_000_000]) {
      const meter = await device(`${url}/mqtt`, as('meter'));
      meter.publish('campus/meter/up', Buffer.alloc(256 * 1024 + excess), { qos: 1 });
      await closed(meter);
    }
    expect(pipeline.taken).toEqual([]);
    expect(refused.map(({ code }) => code)).toEqual(['MQTT_TOO_LARGE', 'MQTT_TOO_LARGE']);
  });

  it('ends with the broker', async () => {
    const { url, broker } = await startHttp();
    const meter = await device(`${url}/mqtt`, as('meter'));
    const gone = closed(meter);
    await broker.stop();
    await gone;
    await expect(device(`${url}/mqtt`, as('meter'))).rejects.toThrow();
  });
});
