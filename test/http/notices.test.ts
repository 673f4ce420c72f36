import { expect, test } from 'vitest';
import { openGate } from './gate.ts';

test('notices are listed with what became of them, newest first', async () => {
  await using gate = await openGate();
  const { core, clock } = gate;
  for (const occasion of ['2026-11-21', '2026-11-22']) {
    const words = { zh: `${occasion} 零报告`, en: occasion };
    const notice = { campus: 'qingcheng', kind: 'daily-report', occasion } as const;
    core.pipeline.transact(() =>
      core.notices.file(
        { ...notice, title: words, text: words, brief: words, created: clock.now() },
        [{ channel: 'webhook', person: undefined }],
      ),
    );
  }
  core.outbox.record(1, { kind: 'sent', detail: 'HTTP 200' }, clock.now(), clock.now());
  const { notices } = await gate.json('/api/v1/notices?campus=qingcheng');
  expect(notices).toMatchObject([
    { title: { en: '2026-11-22' }, notifications: [{ state: 'pending', deliveries: [] }] },
    {
      title: { en: '2026-11-21' },
      created: '2026-11-23T00:30:00.000Z',
      notifications: [{ event: 'notice', state: 'sent', deliveries: [{ outcome: 'sent' }] }],
    },
  ]);
});

test('a campus that does not exist has none', async () => {
  await using gate = await openGate();
  expect((await gate.get('/api/v1/notices?campus=elsewhere')).status).toBe(404);
});

test('a link to a notice does not exist: there is nothing to acknowledge', async () => {
  await using gate = await openGate();
  const words = { zh: '零报告', en: 'zero' };
  gate.core.notices.file(
    {
      campus: 'qingcheng',
      kind: 'daily-report',
      occasion: '2026-11-22',
      title: words,
      text: words,
      brief: words,
      created: gate.clock.now(),
    },
    [{ channel: 'webhook', person: undefined }],
  );
  const answer = await gate.get(`/a/${gate.linkOf(1)}`);
  expect(answer.status).toBe(404);
});
