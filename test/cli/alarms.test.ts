import { Value } from 'typebox/value';
import { expect, test } from 'vitest';
import { AlarmRecord, recordText } from '../../src/cli/alarms.ts';
import { openGate } from '../http/gate.ts';

test('the record of an alarm says who was told when, by which channel, with what outcome', async () => {
  await using gate = await openGate();
  const token = await gate.ring();
  const { outbox } = gate.core;
  outbox.record(1, { kind: 'retry', detail: 'ECONNREFUSED' }, gate.clock.now(), 0);
  gate.clock.moveTo(gate.clock.now() + 65_000);
  outbox.record(1, { kind: 'sent', detail: 'HTTP 200' }, gate.clock.now(), 0);
  await gate.post(`/a/${token}`);
  const record = Value.Parse(AlarmRecord, await gate.json('/api/v1/alarms/1'));
  expect(recordText(record).split('\n')).toEqual([
    expect.stringMatching(
      /^1 {2}.*走廊烟感 {2}火灾预警：烟雾报警 Fire pre-alarm: smoke {2}\(Asia\/Shanghai\)$/,
    ),
    '经过 History',
    '2026-11-23 08:30:00  报警 raised',
    '2026-11-23 08:31:05  确认 acknowledged  张伟',
    '通知 Who was told',
    '2026-11-23 08:30:00  报警 raised  张伟  webhook  已送达 delivered',
    '    2026-11-23 08:30:00  retry  ECONNREFUSED',
    '    2026-11-23 08:31:05  sent  HTTP 200',
    '    2026-11-23 08:31:05  已点确认 link used',
  ]);
});
