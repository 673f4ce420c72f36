import { once } from 'node:events';
import { createServer } from 'node:http';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { VirtualClock } from '../src/clock.ts';
import { Gateway } from '../src/gateway.ts';
import { Folder } from './harness/folder.ts';

/** A gateway on a clock that the test moves, and what its duty phone gets. */
async function open(folder: Folder) {
  const heard: string[] = [];
  const phone = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { event, rule } = JSON.parse(Buffer.concat(chunks).toString());
    heard.push(`${event} ${rule}`);
    response.end();
    phone.emit('heard');
  });
  phone.listen(0, '127.0.0.1');
  await once(phone, 'listening');
  const address = phone.address();
  const port = typeof address === 'object' ? address?.port : '';
  const config = folder.write(
    'campus.yaml',
    `campus: {id: qingcheng, name: 青城小学}
people: [{id: zhang, name: 张伟}]
notify: {webhook: {url: "http://127.0.0.1:${port}/"}}
devices: [{id: freezer, profile: generic/freezer}]
`,
  );
  const clock = new VirtualClock(Date.parse('2026-11-24T10:00:00+08:00'));
  const gateway = await Gateway.open({
    config,
    data: folder.file('data'),
    log: pino({ level: 'silent' }),
    clock,
    env: { CAMPUS_WEBHOOK_SECRET: 'of the test' },
    httpPort: 0,
    mqttPort: 0,
  });
  await gateway.start();
  return {
    gateway,
    clock,
    heard,
    /** Resolves when the phone has got so many messages. */
    async hears(count: number): Promise<void> {
      while (heard.length < count) await once(phone, 'heard');
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await gateway.stop();
      phone.closeAllConnections();
      phone.close();
    },
  };
}

test('while nothing can be written people are told, and told when that is over', async () => {
  using folder = new Folder();
  await using school = await open(folder);
  const { gateway, clock, heard } = school;
  const { database, pipeline } = gateway.core;
  database.connection.exec('PRAGMA query_only = ON');
  const payload = Buffer.from('{"values": {"temperature": -18}}');
  const message = { topic: 'campus/qingcheng/freezer/up', payload, replayed: false };
  const taken = new Promise((settle) => pipeline.receive({ ...message, settle }));
  await school.hears(1);
  expect(heard).toEqual(['raised storage-failed']);
  expect(gateway.health().parts.storage).toMatchObject({ ok: false });
  expect((await fetch(`${gateway.urls.http}/ready`)).status).toBe(503);
  database.connection.exec('PRAGMA query_only = OFF');
  clock.moveTo(clock.now() + 1_000);
  await taken;
  await school.hears(2);
  expect(heard).toEqual(['raised storage-failed', 'cleared storage-failed']);
  expect(gateway.health().parts.storage).toEqual({ ok: true, problem: undefined });
  expect((await fetch(`${gateway.urls.http}/ready`)).status).toBe(200);
});
