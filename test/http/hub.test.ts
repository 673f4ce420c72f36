import { expect, test } from 'vitest';
import type { AlarmEvent } from '../../src/alarms/store.ts';
import { LiveHub, type LiveSink } from '../../src/http/hub.ts';
import type { Reading } from '../../src/pipeline/stage.ts';
import { type Gate, openGate } from './gate.ts';

const KB = 1024;

class Sink implements LiveSink {
  buffered = 0;
  isClosed = false;
  readonly texts: string[] = [];

  write(text: string): void {
    this.texts.push(text);
  }

  close(): void {
    this.isClosed = true;
  }
}

/** A reading as the pipeline tells it. */
async function aReading(gate: Gate): Promise<Reading> {
  const told: Reading[] = [];
  gate.hub.publishReadings = (readings) => told.push(...readings);
  await gate.report('freezer', { temperature: -18 });
  return told[0] ?? expect.fail('no reading');
}

async function anAlarmEvent(gate: Gate): Promise<AlarmEvent> {
  await gate.ring();
  return gate.core.store.eventsAfter(0, 1)[0] ?? expect.fail('no event');
}

test('a slow client loses readings first', async () => {
  await using gate = await openGate();
  const [reading, event] = [await aReading(gate), await anAlarmEvent(gate)];
  const hub = new LiveHub();
  const sink = new Sink();
  hub.join({}, sink).listen();
  sink.buffered = 300 * KB;
  hub.publishReadings([reading]);
  hub.publishAlarm(event);
  expect(sink.texts).toHaveLength(1);
  expect(sink.texts[0]).toContain('event: alarm');
  expect(hub.dropped).toBe(1);
});

test('a client that does not read at all is cut off', async () => {
  await using gate = await openGate();
  const event = await anAlarmEvent(gate);
  const hub = new LiveHub();
  const sink = new Sink();
  hub.join({}, sink).listen();
  sink.buffered = 1100 * KB;
  hub.publishAlarm(event);
  expect(sink).toMatchObject({ isClosed: true, texts: [] });
  expect(hub.clients).toBe(0);
});

test('one batch of readings never fills a client beyond its bound', async () => {
  await using gate = await openGate();
  const reading = await aReading(gate);
  const hub = new LiveHub();
  const sink = new Sink();
  hub.join({}, sink);
  hub.publishReadings(Array.from({ length: 5000 }, () => reading));
  expect(sink.texts.join('').length).toBeLessThan(256 * KB);
  expect(hub.dropped).toBeGreaterThan(3000);
});

test('a client that throws is forgotten, and the others still hear', async () => {
  await using gate = await openGate();
  const event = await anAlarmEvent(gate);
  const hub = new LiveHub();
  const broken = new Sink();
  broken.write = () => {
    throw new Error('broken pipe');
  };
  broken.close = () => {
    throw new Error('and broken again');
  };
  const sink = new Sink();
  hub.join({}, broken).listen();
  hub.join({}, sink).listen();
  hub.publishAlarm(event);
  expect(sink.texts).toHaveLength(1);
  expect(hub.clients).toBe(1);
});
