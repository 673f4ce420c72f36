import type { Clock } from '../../../src/clock.ts';
import type { Core } from '../../../src/core.ts';
import { TargetQueries } from '../../../src/energy/target/target-queries.ts';
import { createTargets, type Targets } from '../../../src/energy/target/targets.ts';

const HOUR = 3_600_000;

/** The targets of a school, read on the connection itself. */
export function targetsOf(core: Core, clock: Clock): Targets {
  const queries = new TargetQueries(core.database.connection);
  return createTargets(core, clock, {
    target: async (query) => queries.answer(query),
    changedFigures: async (query) => queries.changedFigures(query),
  });
}

/** A register read every hour from one day's midnight to another's, so much higher each hour. */
export function hourly(
  from: string,
  to: string,
  first: number,
  perHour: (time: number) => number,
): (readonly [time: number, value: number])[] {
  const midnight = (day: string) => Date.parse(`${day}T00:00+08:00`);
  const readings: [number, number][] = [];
  let value = first;
  for (let time = midnight(from); time <= midnight(to); time += HOUR) {
    readings.push([time, value]);
    value += perHour(time);
  }
  return readings;
}
