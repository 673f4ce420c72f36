import type { Device } from '../../src/campus/model.ts';
import type { Millis } from '../../src/clock.ts';
import { type Fault, type FaultName, type FaultsOf, isActive } from '../faults.ts';
import { noise } from './noise.ts';
import { HOUR, type SchoolTime } from './school-time.ts';

const MINUTE = 60_000;

/** The kitchen, ℃: what a unit without cooling warms towards. */
const ROOM = 24;
/** A loaded unit without cooling: a third of the way to the room's temperature in 6 h or so. */
const WARMING = 16 * HOUR;
/** Air around a probe comes back to normal within some multiples of these. */
const DEFROST_TIME = 7 * MINUTE;
const DOOR_TIME = 5 * MINUTE;
const REPAIRED_TIME = 20 * MINUTE;
/** A compressor that lost half its strength: in the end so much warmer, a third of it in 10 h. */
const WEAKENED = 8;
const WEAKENING = 24 * HOUR;

/** Hours of the day at which the doors are busy: before breakfast, before lunch, before supper. */
const BUSY = [
  [5.5, 1],
  [9, 2],
  [16, 1.5],
] as const;

/** Air temperature of a fridge, freezer or cold room, ℃. What it is follows from its limits. */
export function coldUnit(
  device: Device,
  time: SchoolTime,
  seed: number,
  faultsOf: FaultsOf,
): (time: Millis) => number {
  const unit = unitOf(device);
  const own = noise(seed, device.key, 'unit');
  const doors = noise(seed, device.key, 'doors');
  const period = (18 + 10 * own(0)) * MINUTE;
  const phase = own(1) * unit.defrostEvery;

  /** A saw-tooth: the compressor cools for 40 % of each cycle. */
  const cycle = (at: Millis): number => {
    const part = (at / period + own(2)) % 1;
    return unit.swing * (part < 0.4 ? 1 - (2 * part) / 0.4 : -1 + (2 * (part - 0.4)) / 0.6);
  };

  /** Periodic and of the same height each time, for 20 minutes. */
  const defrost = (at: Millis): number => {
    const since = (at + phase) % unit.defrostEvery;
    const warmed = 1 - Math.exp(-Math.min(since, 20 * MINUTE) / DEFROST_TIME);
    const cooled = Math.exp(-Math.max(0, since - 20 * MINUTE) / DEFROST_TIME);
    return unit.defrostRise * warmed * cooled;
  };

  /** Openings of 1–2.5 min, more than 1 K/min while the door is open. */
  const opened = (at: Millis): number => {
    const { day, hour } = time.local(at);
    if (time.kindOf(day) !== 'school') return 0;
    let rise = 0;
    BUSY.forEach(([start, length], window) => {
      for (let i = 0; i < 3; i++) {
        const index = (day * 10 + window) * 10 + i * 2;
        const since = (hour - start - length * doors(index)) * HOUR;
        if (since < 0 || since > HOUR) continue;
        const open = (1 + 1.5 * doors(index + 1)) * MINUTE;
        const warmed = (1.2 * Math.min(since, open)) / MINUTE;
        rise += warmed * Math.exp(-Math.max(0, since - open) / DOOR_TIME);
      }
    });
    return Math.min(4, rise);
  };

  const normal = (at: Millis): number => unit.setpoint + cycle(at) + defrost(at) + opened(at);

  /** Slow and monotone: no saw-tooth, no defrost. */
  const warming = ({ from, rate }: Fault, at: Millis): number =>
    ROOM - (ROOM - normal(from)) * Math.exp((-rate * (at - from)) / WARMING);

  /** It never rests, so there is no saw-tooth; it still defrosts, and doors still open. */
  const weakening = ({ from, rate }: Fault, at: Millis): number =>
    unit.setpoint +
    cycle(from) +
    WEAKENED * (1 - Math.exp((-rate * (at - from)) / WEAKENING)) +
    defrost(at) +
    opened(at);

  const failing = (name: FaultName) => {
    if (name === 'freezer_failure') return warming;
    return name === 'cooling_weak' ? weakening : undefined;
  };

  return (at) => {
    let temperature = normal(at);
    for (const fault of faultsOf(device.key)) {
      if (fault.from > at) continue;
      const since = at - fault.until;
      const warmed = failing(fault.fault);
      if (warmed) {
        if (isActive(fault, at)) temperature = warmed(fault, at);
        else {
          const lag = warmed(fault, fault.until) - normal(fault.until);
          temperature += lag * Math.exp(-since / REPAIRED_TIME);
        }
      } else if (fault.fault === 'door_open') {
        const rise = 14 * (1 - Math.exp(-(Math.min(at, fault.until) - fault.from) / (9 * MINUTE)));
        temperature += rise * Math.exp(-Math.max(0, since) / DOOR_TIME);
      }
    }
    return temperature;
  };
}

/** A unit that keeps food hot: its heating switches every ten minutes or so. */
export function hotUnit(device: Device, seed: number): (time: Millis) => number {
  const own = noise(seed, device.key, 'unit');
  const period = (8 + 4 * own(0)) * MINUTE;
  return (at) => 68 + 2 * Math.sin((2 * Math.PI * at) / period + own(1));
}

function unitOf({ rules }: Device) {
  let high = Number.POSITIVE_INFINITY;
  let low = Number.NEGATIVE_INFINITY;
  for (const rule of rules) {
    if (rule.kind !== 'threshold' && rule.kind !== 'excursion') continue;
    if (rule.metric !== 'temperature') continue;
    high = Math.min(high, rule.high ?? high);
    low = Math.max(low, rule.low ?? low);
  }
  // a freezer recovers from −20 before any limit's delay is over; a fridge runs at 4 ℃
  return high < -5
    ? { setpoint: Math.min(-20, high - 2), swing: 1.2, defrostEvery: 8 * HOUR, defrostRise: 7 }
    : {
        setpoint: Number.isFinite(high) && Number.isFinite(low) ? (high + low) / 2 : 4,
        swing: 0.9,
        defrostEvery: 6 * HOUR,
        defrostRise: 3.5,
      };
}
