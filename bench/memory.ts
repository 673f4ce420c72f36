import { setTimeout as wait } from 'node:timers/promises';
import { type Broker, startBareAedes, startGateway } from './brokers.ts';
import { Child } from './child.ts';
import type { LoadJob } from './children/load.ts';
import type { Measurement } from './measurement.ts';
import { School } from './school.ts';

const DEVICES = { freezer: 4_000, 'electricity-meter': 3_000, 'smoke-detector': 3_000 };
const CONNECTIONS = 200;
const RATE = 2_000;
const MEGABYTE = 1024 * 1024;

/** The most memory that was resident while readings came in (MB). */
async function peak(broker: Broker, school: School, seconds: number): Promise<number> {
  const load = new Child('load');
  const job: LoadJob = {
    port: broker.port,
    speakers: school.speakers('freezer', CONNECTIONS),
    warmUp: 0,
    measure: 3_600_000, // until it is stopped
    pace: { rate: RATE },
  };
  load.send(job);
  await load.next(); // connected
  let most = 0;
  for (let second = 0; second < seconds; second++) {
    await wait(1_000);
    most = Math.max(most, (await broker.usage()).memory);
  }
  await load.stop();
  return most / MEGABYTE;
}

/** Memory with 10 000 devices in the catalogue. */
export const memory: Measurement = async ({ quick }, say) => {
  const seconds = quick ? 3 : 30;
  const count = Object.values(DEVICES).reduce((sum, n) => sum + n, 0);
  say(`memory: ${count} devices, ${RATE} readings/s for ${seconds} s`);
  using school = new School({ devices: DEVICES });
  await school.giveCredentials();
  const bare = await startBareAedes();
  const baseline = await peak(bare, school, seconds).finally(() => bare.stop());
  const gateway = await startGateway(school);
  const value = await peak(gateway, school, seconds).finally(() => gateway.stop());
  return [
    {
      name: `memory, ${count} devices`,
      value,
      unit: 'MB',
      baseline: { name: 'bare aedes', value: baseline },
      goal: { atMost: 250 },
      details: { startedIn: gateway.startedIn },
    },
  ];
};
