import type { Device } from '../src/campus/model.ts';
import type { Millis } from '../src/clock.ts';
import { encodeJson, encodeZigbee, garbage, type Outgoing, type Reading } from './encode.ts';
import { type FaultName, type FaultsOf, isActive } from './faults.ts';
import type { CampusModel, Values } from './physics/campus-model.ts';

/** What a DS18B20 says when its cable is broken (its power-on value is 85). */
const NO_PROBE = -127;
const TWO_HOURS = 2 * 3_600_000;

/** Of the readings of a register, one in so many is 0. */
const EVERY_SO_MANY = 4;

/** Readings a device holds back at most, and how many of them one batch carries. */
const MAX_HELD = 1000;
const BATCH = 100;

interface Options {
  model: CampusModel;
  faultsOf: FaultsOf;
  /** The simulation's time: what the physics runs on. */
  now: () => Millis;
  /** Real time: what the devices' clocks show. Stamps ahead of it would be refused. */
  stamp: () => Millis;
}

/** Decides what a device sends when it is time to report, with what its faults make of it. */
export class Reporter {
  readonly #options: Options;
  readonly #held = new Map<string, Reading[]>();
  #garbage = 0;
  #misreadings = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  /** The messages of a device that reports now, in order; none while it is silent or held up. */
  report(device: Device): Outgoing[] {
    const { model, faultsOf, now, stamp } = this.#options;
    const at = now();
    const active = new Map<FaultName, Millis>();
    for (const fault of faultsOf(device.key)) {
      if (isActive(fault, at)) active.set(fault.fault, fault.from);
    }
    if (active.has('silent')) return [];

    const reading = {
      time: stamp() + (active.has('future_clock') ? TWO_HOURS : 0),
      values: this.#misread(device, active, model.values(device, active.get('stuck') ?? at)),
    };
    const held = this.#held.get(device.key) ?? [];
    if (active.has('late')) {
      this.#held.set(device.key, [...held, reading].slice(-MAX_HELD));
      return [];
    }
    this.#held.delete(device.key);

    const messages = encode(device, reading, held);
    if (active.has('garbage')) {
      for (const message of messages) message.payload = garbage(this.#garbage++);
    }
    return active.has('duplicate') ? messages.flatMap((message) => [message, message]) : messages;
  }

  /** What a faulty probe, or a data unit that can't read its meter, makes of the values. */
  #misread({ profile }: Device, active: ReadonlyMap<FaultName, Millis>, values: Values): Values {
    if (active.has('probe_fault')) return { ...values, temperature: NO_PROBE };
    if (!active.has('zero_readings') || this.#misreadings++ % EVERY_SO_MANY > 0) return values;
    const registers = Object.keys(values).filter((name) => profile.metrics[name]?.register);
    return { ...values, ...Object.fromEntries(registers.map((name) => [name, 0])) };
  }
}

function encode(device: Device, reading: Reading, held: readonly Reading[]): Outgoing[] {
  if (device.profile.format.kind === 'zigbee2mqtt') {
    const bridge = device.campus.bridges.find(({ id }) => id === device.bridge);
    return bridge ? [encodeZigbee(device, bridge.topic, reading.values)] : [];
  }
  const messages: Outgoing[] = [];
  for (let i = 0; i < held.length; i += BATCH) {
    messages.push(encodeJson(device, held.slice(i, i + BATCH)));
  }
  return [...messages, encodeJson(device, [reading])];
}
