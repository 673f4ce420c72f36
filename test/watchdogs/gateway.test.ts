import { once } from 'node:events';
import { createServer } from 'node:http';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { Gateway } from '../../src/gateway.ts';
import { Folder } from '../harness/folder.ts';

test('a running gateway watches over itself, beats, and reports in the morning', async () => {
  using folder = new Folder();
  const heard: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    heard.push(request.method === 'GET' ? 'alive' : JSON.parse(body).title.zh);
    response.end();
    server.emit('heard');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const config = folder.write(
    'campus.yaml',
    `campus: {id: qingcheng, name: 青城小学}
people: [{id: zhang, name: 张伟}]
notify: {webhook: {url: "${url}/phone"}, heartbeat: {url: "${url}/ping"}}
devices: [{id: freezer, profile: generic/freezer}]
`,
  );
  const clock = new VirtualClock(Date.parse('2026-11-24T07:29:00+08:00'));
  const env = { CAMPUS_WEBHOOK_SECRET: 'of the test' };
  const log = pino({ level: 'silent' });
  const data = folder.file('data');
  const options = { config, data, log, clock, env, httpPort: 0, mqttPort: 0 };
  const gateway = await Gateway.open(options);
  try {
    await gateway.start();
    while (!heard.includes('alive')) await once(server, 'heard');
    clock.moveTo(clock.now() + 70_000);
    while (!heard.includes('【日报告】无数据')) await once(server, 'heard');
    const { watchdogs, reader } = gateway.health().parts;
    expect(watchdogs).toMatchObject({ ok: true, figures: { deviceClocks: 0, clockSkewMs: 0 } });
    expect(reader?.ok).toBe(true);
  } finally {
    await gateway.stop();
    server.closeAllConnections();
    server.close();
  }
});
