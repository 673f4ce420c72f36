import type { Device } from '../../src/campus/model.ts';
import type { Millis } from '../../src/clock.ts';
import { type Fault, type FaultName, type FaultsOf, isActive } from '../faults.ts';
import { consumer, type Flow } from './consumer.ts';
import { electricityHabit, waterHabit } from './habits.ts';
import { placeOf } from './place.ts';
import { HOUR, type SchoolTime } from './school-time.ts';
import { ELECTRICITY, type Usage, WATER } from './timetable.ts';

/** What is lost or not metered between a meter and those it feeds. */
const LOSS = 0.02;

/** m³/h of a leaking cistern, and of a broken pipe. */
const LEAK = 0.12;
const BURST = 30;
/** kW of an air conditioner and the lights of a room that nobody switched off. */
const LEFT_ON = 3;
const EXTRAS: Partial<Record<FaultName, number>> = {
  water_leak: LEAK,
  burst_pipe: BURST,
  left_on: LEFT_ON,
};

/** Every meter of one kind, by full name. A meter that feeds others shows their sum and the loss. */
export function meterTree(
  meters: readonly Device[],
  time: SchoolTime,
  seed: number,
  faultsOf: FaultsOf,
): ReadonlyMap<string, Flow> {
  const flows = new Map<string, Flow>();
  const fedBy = Map.groupBy(meters, ({ campus, parent }) => `${campus.id}/${parent ?? ''}`);

  const build = (meter: Device): Flow => {
    const children = (fedBy.get(meter.key) ?? []).map(build);
    const flow = withExtras(
      children.length > 0 ? sum(children) : leaf(meter, time, seed),
      meter,
      faultsOf,
    );
    flows.set(meter.key, flow);
    return flow;
  };
  const known = new Set(meters.map(({ key }) => key));
  for (const meter of meters) {
    if (meter.parent === undefined || !known.has(`${meter.campus.id}/${meter.parent}`))
      build(meter);
  }
  return flows;
}

function leaf(meter: Device, time: SchoolTime, seed: number): Flow {
  const place = placeOf(meter);
  return meter.profile.kind === 'water_meter'
    ? consumer(kept(WATER[place], waterHabit), time, seed, meter.key, 0.8)
    : consumer(kept(ELECTRICITY[place], electricityHabit), time, seed, meter.key, 0.12);
}

const kept = (usage: Usage, habit: (day: number) => number): Usage => ({
  days: usage.days,
  season: (day) => usage.season(day) * habit(day),
});

const sum = (children: readonly Flow[]): Flow => ({
  rate: (at) => (1 + LOSS) * children.reduce((total, child) => total + child.rate(at), 0),
  total: (at) => (1 + LOSS) * children.reduce((total, child) => total + child.total(at), 0),
});

/** What is lost or left on behind this meter runs through it and all above it, and stays counted. */
function withExtras(flow: Flow, { key }: Device, faultsOf: FaultsOf): Flow {
  const extras = () =>
    faultsOf(key).flatMap((fault) => {
      const size = EXTRAS[fault.fault];
      return size === undefined ? [] : [{ ...fault, size: fault.rate * size }];
    });
  // a meter and those above it are asked for one moment after the other
  let last = { at: Number.NaN, total: 0 };
  return {
    rate: (at) =>
      extras().reduce(
        (rate, extra) => rate + (isActive(extra, at) ? extra.size : 0),
        flow.rate(at),
      ),
    total(at) {
      if (last.at !== at) last = { at, total: totalOf(flow, extras(), at) };
      return last.total;
    },
  };
}

const totalOf = (flow: Flow, extras: readonly (Fault & { size: number })[], at: Millis): number =>
  extras.reduce(
    (total, { size, from, until }) =>
      total + (size * Math.max(0, Math.min(at, until) - from)) / HOUR,
    flow.total(at),
  );
