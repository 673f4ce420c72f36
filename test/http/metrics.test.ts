import { expect, test } from 'vitest';
import { openGate } from './gate.ts';

test('the metrics are those of the parts at the moment of asking', async () => {
  await using gate = await openGate();
  await gate.report('freezer', { temperature: -18 });
  await gate.report('freezer', { temperature: -18 });
  await gate.send('campus/qingcheng/ghost/up', '{"values":{}}');
  await gate.ring();
  gate.clock.moveTo(gate.clock.now() + 90_000);
  const response = await gate.get('/metrics');
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const lines = (await response.text()).split('\n');
  for (const line of [
    'campus_gateway_messages_total 4',
    'campus_gateway_readings_total 2',
    'campus_gateway_duplicates_total 1',
    'campus_gateway_refused_total{reason="DEVICE_UNKNOWN"} 1',
    'campus_gateway_dead_letters 1',
    'campus_gateway_waiting 0',
    'campus_gateway_devices 3',
    // nine of the freezer, six of the detector, six of the meter
    'campus_gateway_rules 21',
    'campus_gateway_open_alarms{severity="critical"} 1',
    'campus_gateway_open_alarms{severity="minor"} 0',
    'campus_gateway_notifications_pending 1',
    'campus_gateway_notifications_oldest_seconds 90',
    'campus_gateway_live_clients 0',
  ]) {
    expect(lines).toContain(line);
  }
  expect(lines.some((line) => line.startsWith('process_resident_memory_bytes '))).toBe(true);
});

test('asking twice counts nothing twice', async () => {
  await using gate = await openGate();
  await gate.report('freezer', { temperature: -18 });
  await gate.get('/metrics');
  expect(await (await gate.get('/metrics')).text()).toContain('campus_gateway_readings_total 1\n');
});
