import { startGateway } from './brokers.ts';
import { median } from './figures.ts';
import { fillHistory } from './history.ts';
import type { Measurement } from './measurement.ts';
import { School } from './school.ts';

const DEVICES = { freezer: 200 };

/** From the start of the process until /ready says yes (ms). */
async function startedIn(school: School, times: number): Promise<number> {
  const took: number[] = [];
  for (let time = 0; time < times; time++) {
    const gateway = await startGateway(school);
    took.push(gateway.startedIn);
    await gateway.stop();
  }
  return median(took);
}

/** Start-up, whatever the history. */
export const startUp: Measurement = async ({ quick, full }, say) => {
  const readings = quick ? 200_000 : full ? 50_000_000 : 5_000_000;
  const times = quick ? 1 : 5;
  const millions = readings / 1e6;
  say(`start-up: filling in ${millions} million readings`);
  using empty = new School({ devices: DEVICES });
  using old = new School({ devices: DEVICES });
  fillHistory(old, { readings, hours: Math.ceil(readings / DEVICES.freezer / 60) });
  say('start-up: starting');
  const baseline = await startedIn(empty, times);
  return [
    {
      name: `ready, with ${millions} million readings`,
      value: await startedIn(old, times),
      unit: 'ms',
      baseline: { name: 'empty database', value: baseline },
      goal: { atMost: 1_500 },
    },
  ];
};
