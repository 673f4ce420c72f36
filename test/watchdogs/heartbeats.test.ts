import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { Heartbeats } from '../../src/watchdogs/heartbeats.ts';
import { configure } from '../harness/configuration.ts';
import { withProbe } from '../harness/scenes.ts';

const KEY = '5d3e1f2a';

/** A dead-man service, and a gateway that tells it that it lives, every five minutes. */
async function patient() {
  const asked: string[] = [];
  const state = { status: 200, isWell: true };
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(state.status, { location: 'http://login.invalid/' }).end('OK');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const notify = `{heartbeat: {url: "http://127.0.0.1:${port}/ping/${KEY}"}}`;
  const { campuses } = configure({ ...withProbe(), notify });
  const clock = new VirtualClock(Date.parse('2026-11-23T20:00:00+08:00'));
  const heartbeats = new Heartbeats({
    clock,
    campuses: () => campuses.values(),
    isWell: () => state.isWell,
  });
  heartbeats.start();
  await heartbeats.settled();
  return {
    asked,
    state,
    heartbeats,
    /** Lets minutes pass, with every answer under way. */
    async pass(minutes: number) {
      for (let i = 0; i < minutes * 12; i++) {
        clock.moveTo(clock.now() + 5_000);
        await heartbeats.settled();
      }
    },
    async [Symbol.asyncDispose]() {
      await heartbeats.stop();
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('the heartbeat', () => {
  test('goes to the address at its interval', async () => {
    await using one = await patient();
    await one.pass(15);
    expect(one.asked).toEqual(Array.from({ length: 4 }, () => `GET /ping/${KEY}`));
  });

  test('stops while the gateway is not well, and goes on at once when it is', async () => {
    await using one = await patient();
    one.state.isWell = false;
    await one.pass(30);
    expect(one.asked).toHaveLength(1);
    one.state.isWell = true;
    await one.pass(1);
    expect(one.asked).toHaveLength(2);
  });

  test.each([500, 404, 302])(
    'that is answered with %s thrice is found; one answer ends it',
    async (status) => {
      await using one = await patient();
      one.state.status = status;
      await one.pass(10);
      expect(one.heartbeats.look()).toEqual([]);
      await one.pass(5);
      const [finding] = one.heartbeats.look();
      expect(finding).toMatchObject({
        code: 'HEARTBEAT_FAILED',
        campus: 'qingcheng',
        severity: 'minor',
        params: { failures: 3, reason: `HTTP ${status}` },
      });
      expect(JSON.stringify(finding)).not.toContain(KEY);
      one.state.status = 200;
      await one.pass(5);
      expect(one.heartbeats.look()).toEqual([]);
    },
  );
});
