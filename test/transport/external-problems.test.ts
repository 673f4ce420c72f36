import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { backoff } from '../../src/transport/external.ts';
import { startAedes } from './brokers.ts';
import { device, gateway, run, up } from './external-support.ts';
import { fixture, startEmbedded, until } from './support.ts';

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

describe('an external broker that cannot be used', () => {
  it('is tried again and again, ever more rarely', async () => {
    const { broker, tap } = await run(await startAedes());
    await broker.restart(async () => {
      const { clock, states, retry, transport } = await gateway(tap.url, true);
      for (let attempt = 0; attempt < 8; attempt++) {
        await until(() => clock.next() !== undefined);
        const wait = (clock.next() ?? 0) - clock.now();
        const longest = Math.min(60_000, 2_000 * 2 ** attempt);
        expect(wait).toBeGreaterThanOrEqual(longest / 2);
        expect(wait).toBeLessThanOrEqual(longest);
        await retry();
      }
      expect(states.every(({ connected }) => !connected)).toBe(true);
      expect(transport.status().problem).toContain('cannot be reached');
    });
  });

  it('says that the password is wrong', async () => {
    const { tap } = await run(await startAedes());
    const options = { username: 'other', password: 'secret' };
    const { states } = await gateway(tap.url, true, options);
    await until(() => states.length === 1);
    expect(states[0]?.problem).toMatch(/refuses the gateway.*Not authorized/);
    expect(states[0]?.problem).not.toContain('secret');
  });

  it('is believed only with a certificate that is trusted', async () => {
    const certificate = { cert: fixture('test-cert.pem'), key: fixture('test-key.pem') };
    const { broker } = await startEmbedded({ tls: { port: 0, ...certificate } });
    const url = `mqtts://localhost:${broker.ports.mqtts}`;
    const meter = { username: 'meter', password: 'meter-password' };
    const options = { ...meter, filters: ['campus/meter/#'] };
    const wary = await gateway(url, true, options);
    await until(() => wary.states.length === 1);
    expect(wary.states[0]?.problem).toMatch(/cannot be reached: self-signed certificate/);
    const trusting = await gateway(url, true, { ...options, ca: certificate.cert });
    await trusting.connected();
  });

  it('says which subscription is refused, and keeps the others', async () => {
    const { broker, tap } = await run(await startAedes(['county/#']));
    const filters = ['campus/#', 'county/#'];
    const { pipeline, transport, states, connected } = await gateway(tap.url, true, { filters });
    await connected();
    expect(states[0]?.problem).toMatch(/subscribe to county\/#\.$/);
    await up(await device(broker), 'reading');
    await pipeline.holds(1);
    expect(transport.status()).toMatchObject({ connected: true });
  });

  it('that sends what is no MQTT is left at once, and tried again', async () => {
    const babbler = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.write(Buffer.from([0x20, 2, 0, 0, 0xf0, 0])));
    });
    await once(babbler.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void babbler.close());
    const { states, clock } = await gateway(`mqtt://127.0.0.1:${portOf(babbler)}`, true);
    await until(() => states.at(-1)?.connected === false);
    expect(states.at(-1)?.problem).toContain('cannot be reached');
    expect(clock.next()).toBeDefined();
  });

  it('is left alone once stopped, at any time', async () => {
    const { tap } = await run(await startAedes());
    const connecting = await gateway(tap.url, true);
    await connecting.transport.stop();
    const up = await gateway(tap.url, true);
    await up.connected();
    await Promise.all([up.transport.stop(), up.transport.stop()]);
    const waiting = await gateway(tap.url, true);
    await waiting.connected();
    tap.cut();
    await until(() => waiting.clock.next() !== undefined);
    await waiting.transport.stop();
    expect(waiting.clock.next()).toBeUndefined();
  });
});

describe('backoff', () => {
  it('stays between one second and one minute', () => {
    expect(backoff(0, 0)).toBe(1_000);
    expect(backoff(0, 1)).toBe(2_000);
    expect(backoff(100, 0)).toBe(30_000);
    expect(backoff(100, 1)).toBe(60_000);
  });
});
