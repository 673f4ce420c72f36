import type { Device } from '../../src/campus/model.ts';
import type { Millis } from '../../src/clock.ts';
import { type FaultsOf, isActive } from '../faults.ts';
import { consumer, type Flow } from './consumer.ts';
import { noise } from './noise.ts';
import { placeOf } from './place.ts';
import { HOUR, type SchoolTime } from './school-time.ts';
import { ELECTRICITY, WATER } from './timetable.ts';

/** What is lost or not metered between a meter and those it feeds. */
const LOSS = 0.02;

/** m³/h of a leaking cistern, and of a broken pipe. */
const LEAK = 0.12;
const BURST = 30;

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
    const flow = withLeaks(
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
    ? consumer(WATER[place], time, seed, meter.key, 0.8)
    : consumer(ELECTRICITY[place], time, seed, meter.key, 0.12);
}

const sum = (children: readonly Flow[]): Flow => ({
  rate: (at) => (1 + LOSS) * children.reduce((total, child) => total + child.rate(at), 0),
  total: (at) => (1 + LOSS) * children.reduce((total, child) => total + child.total(at), 0),
});

/** Water lost behind this meter runs through it and through all above it, and stays counted. */
function withLeaks(flow: Flow, { key }: Device, faultsOf: FaultsOf): Flow {
  const leaks = () =>
    faultsOf(key)
      .filter(({ fault }) => fault === 'water_leak' || fault === 'burst_pipe')
      .map((fault) => ({
        ...fault,
        size: fault.rate * (fault.fault === 'burst_pipe' ? BURST : LEAK),
      }));
  return {
    rate: (at) =>
      leaks().reduce((rate, leak) => rate + (isActive(leak, at) ? leak.size : 0), flow.rate(at)),
    total: (at) =>
      leaks().reduce(
        (total, { size, from, until }) =>
          total + (size * Math.max(0, Math.min(at, until) - from)) / HOUR,
        flow.total(at),
      ),
  };
}

/** What the meter's register shows: it was installed with some figure, and a reset starts it at 0. */
export function registerOf(
  meter: Device,
  flow: Flow,
  seed: number,
  faultsOf: FaultsOf,
): (time: Millis) => number {
  const installedWith = Math.floor(5000 * noise(seed, meter.key, 'register')(0));
  return (at) => {
    const reset = faultsOf(meter.key).findLast(
      (fault) => fault.fault === 'meter_reset' && isActive(fault, at),
    );
    return reset ? flow.total(at) - flow.total(reset.from) : installedWith + flow.total(at);
  };
}
