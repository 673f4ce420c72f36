import { pino } from 'pino';
import { systemClock } from '../src/clock.ts';
import { Core } from '../src/core.ts';
import { readConfiguration } from '../src/gateway.ts';
import type { SeriesState } from '../src/pipeline/catalogue.ts';
import type { Measurement } from './measurement.ts';
import { School } from './school.ts';

const FREEZERS = 10_000;
/** An excursion, a rate of change, a stuck value and silence. */
const RULES = 4;
const OTHERS_OFF = `{${[
  'much-too-warm',
  'above-recommended',
  'warm-in-all',
  'cooling-failed',
  'probe-fault',
]
  .map((rule) => `${rule}: {off: true}`)
  .join(', ')}}`;
const MINUTE = 60_000;

/** Calls `judge` for every series, round after round; judgements a second. */
function rounds(count: number, all: readonly SeriesState[], judge: Judge): number {
  const start = Date.now();
  const began = performance.now();
  for (let round = 0; round < count; round++) {
    for (const series of all) judge(series, -20 - (round % 10) / 10, start + round * MINUTE);
  }
  return (count * all.length * RULES) / ((performance.now() - began) / 1000);
}

type Judge = (series: SeriesState, value: number, time: number) => void;

/** How many rules can be judged in a second: the engine alone, without storing the readings. */
export const rules: Measurement = async ({ quick }, say) => {
  const count = quick ? 5 : 200;
  say(`rules: ${FREEZERS} devices × ${RULES} rules, ${count} times`);
  using school = new School({
    devices: { freezer: FREEZERS },
    rules: { freezer: OTHERS_OFF },
  });
  const core = new Core({
    file: school.database,
    clock: systemClock,
    log: pino({ level: 'silent' }),
    configuration: readConfiguration(school.config),
  });
  try {
    const all = [...core.catalogue.devices.values()].flatMap(({ series }) => [...series.values()]);
    if (core.engine.ruleCount !== FREEZERS * RULES) throw new Error('not the rules it speaks of');

    // what any engine must do: find the limits of a series and compare
    const limits = new Map(all.map((series) => [series, [-12, -5, -18, -60]]));
    let beyond = 0;
    const compare = (series: SeriesState, value: number) => {
      for (const limit of limits.get(series) ?? []) if (value > limit) beyond += 1;
    };
    const baseline = rounds(count, all, compare);
    if (beyond === 0) throw new Error('nothing was compared');

    globalThis.gc?.();
    const judge = (series: SeriesState, value: number, time: number) => {
      const previous = series.last;
      const sample = { time, value, received: time, quality: 0 };
      core.engine.take({ ...sample, series, timeliness: 'live', claimed: time, previous });
      series.last = sample;
    };
    // one transaction: it writes nothing, as no rule changes its state
    const value = core.pipeline.transact(() => rounds(count, all, judge));
    return [
      {
        name: `rules judged, ${FREEZERS} devices × ${RULES}`,
        value,
        unit: '/s',
        baseline: { name: 'comparisons alone', value: baseline },
      },
    ];
  } finally {
    core.close();
  }
};
