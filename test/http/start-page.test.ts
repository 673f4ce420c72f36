import { expect, test } from 'vitest';
import { openGate } from './gate.ts';

test('a newcomer sees the school, that all is well, and where to go', async () => {
  await using gate = await openGate();
  const response = await gate.get('/');
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const page = await response.text();
  for (const words of ['青城小学', '没有未关闭的报警', '<b class="">3</b>设备', '>正常<']) {
    expect(page).toContain(words);
  }
  for (const [, path] of page.matchAll(/href="([^"]+)"/g)) {
    expect((await gate.get(String(path))).status, path).toBe(200);
  }
});

test('open alarms stand there, the gravest first', async () => {
  await using gate = await openGate();
  await gate.report('meter', { power: 12 });
  await gate.ring();
  gate.clock.moveTo(gate.clock.now() + 20 * 60_000);
  await gate.report('smoke', { smoke: true });
  const page = await (await gate.get('/')).text();
  expect(page.indexOf('【紧急】火灾预警：烟雾报警')).toBeGreaterThan(0);
  expect(page.indexOf('【一般】')).toBeGreaterThan(page.indexOf('【紧急】'));
  expect(page).toContain('11-23 08:30 起，历时 20 分');
});

test('what is wrong with the gateway stands there', async () => {
  const parts = { storage: { ok: false, problem: 'The disk is full' } };
  await using gate = await openGate({ health: { ok: false, parts } });
  const page = await (await gate.get('/')).text();
  expect(page).toContain('异常');
  expect(page).toContain('storage: The disk is full');
});
