import { setImmediate } from 'node:timers/promises';
import { pino } from 'pino';
import { VirtualClock } from '../src/clock.ts';
import { Core } from '../src/core.ts';
import { readConfiguration } from '../src/gateway.ts';
import type { Channel, Message } from '../src/notify/channel.ts';
import { Notifier } from '../src/notify/notifier.ts';
import type { Measurement } from './measurement.ts';
import { School } from './school.ts';

const FULL = 10_000;
const MINUTE = 60_000;
/** The longest silence limit of the profiles in it, and some time for the messages. */
const ENOUGH = 30 * MINUTE;
const FIRE_WITHIN = 5_000;

/** Takes every message at once. */
class Counter implements Channel {
  readonly name = 'webhook';
  readonly kind = 'webhook';
  readonly messages: Message[] = [];

  async send(message: Message) {
    this.messages.push(message);
    return { kind: 'sent', detail: 'counted' } as const;
  }
}

/**
 * All devices of a building fall silent at one moment, and a detector smells smoke in the middle of
 * it. The clock is virtual, the work real: nothing else can happen while a portion is written.
 */
export const storm: Measurement = async ({ quick }, say) => {
  const devices = quick ? 1_000 : FULL;
  using school = new School({ devices: { freezer: devices, 'smoke-detector': 1 } });
  const clock = new VirtualClock(Date.parse('2026-11-23T20:00:00+08:00'));
  const log = pino({ level: 'silent' });
  const counter = new Counter();
  const configuration = readConfiguration(school.config);
  say(`storm: ${devices} devices fall silent`);
  const core = new Core({
    file: school.database,
    clock,
    log,
    configuration,
    onAlarmEvents: () => notifier.kick(),
  });
  const notifier = new Notifier({
    outbox: core.outbox,
    clock,
    log,
    linkSecret: 'of the bench',
    baseUrl: () => 'http://gateway.invalid',
    alarm: (id) => core.store.get(id),
    notice: (id) => core.notices.get(id),
    campus: (id) => core.campus(id),
    channel: () => counter,
  });
  const end = clock.now() + ENOUGH;
  let longest = 0;
  let fire: number | undefined;
  const began = performance.now();
  for (let next = clock.next(); next !== undefined && next <= end; next = clock.next()) {
    const portion = performance.now();
    clock.moveTo(next);
    longest = Math.max(longest, performance.now() - portion);
    if (fire === undefined && hasBegun(core, devices)) {
      fire = await smoke(core, counter);
    }
    await setImmediate();
    await notifier.settled();
  }
  const took = performance.now() - began;
  const silent = counter.messages.filter(({ rule }) => rule !== 'smoke').length;
  await notifier.stop();
  core.close();
  return [
    { name: 'storm: raised, gathered and told', value: took, unit: 'ms' },
    { name: '  longest portion', value: longest, unit: 'ms' },
    { name: '  messages about it', value: silent, unit: 'messages', goal: { atMost: 1 } },
    {
      name: '  fire in the middle, to the phone',
      value: fire ?? Number.POSITIVE_INFINITY,
      unit: 'ms',
      goal: { atMost: FIRE_WITHIN },
    },
  ];
};

/** Whether some of the devices have been missed, and not yet all. */
function hasBegun(core: Core, devices: number): boolean {
  const open = core.store.list({ open: true, limit: devices }).length;
  return open > 0 && open < devices;
}

/** From the message of a detector to the message at the phone (ms). */
async function smoke(core: Core, { messages }: Counter): Promise<number> {
  const began = performance.now();
  const payload = Buffer.from('{"values":{"smoke":true}}');
  const topic = 'campus/bench/smoke-detector-0/up';
  await new Promise<void>((resolve) => {
    core.pipeline.receive({ topic, payload, replayed: false, settle: () => resolve() });
  });
  while (!messages.some(({ severity }) => severity === 'critical')) await setImmediate();
  return performance.now() - began;
}
