import { setTimeout as wait } from 'node:timers/promises';
import { type Broker, type RunningGateway, startBareAedes, startGateway } from './brokers.ts';
import { Child } from './child.ts';
import type { ChartJob, ChartResult } from './children/charts.ts';
import type { LoadJob } from './children/load.ts';
import { percentile } from './figures.ts';
import { fillHistory } from './history.ts';
import type { Figure, Measurement } from './measurement.ts';
import { Phone } from './phone.ts';
import { connectAll } from './publisher.ts';
import { School } from './school.ts';

const CONNECTIONS = 200;
const RATE = 2_000;
/** Which share of the rate must have been stored, so that the figures are those of that rate. */
const ENOUGH = 0.95;
const CLIENTS = 10;
const TWO_YEARS_OF_HOURS = 2 * 365 * 24;
const GOAL = 25;

interface Smoke {
  /** From PUBLISH to the request at the phone (ms). */
  took: number[];
  /** Readings a second that were stored meanwhile; NaN: the broker stores none. */
  flow: number;
}

/** Smoke in one detector after the other, among the readings of freezers. */
async function smoke(
  broker: Broker,
  school: School,
  phone: Phone,
  first: number,
  count: number,
): Promise<Smoke> {
  const load = new Child('load');
  const devices = school.speakers('smoke-detector', first + count).slice(first);
  const job: LoadJob = {
    port: broker.port,
    speakers: school.speakers('freezer', CONNECTIONS),
    warmUp: 1_000,
    measure: 3_600_000, // until it is stopped
    pace: { rate: RATE },
  };
  load.send(job);
  await load.next(); // connected
  const detectors = await connectAll(broker.port, devices);
  await load.next(); // warm
  const took: number[] = [];
  try {
    const before = (await broker.stored?.()) ?? Number.NaN;
    const began = performance.now();
    for (const [i, detector] of detectors.entries()) {
      const rings = phone.rings(`smoke-detector-${first + i}`);
      const sent = performance.now();
      detector.prepare();
      detector.flush();
      took.push((await rings) - sent);
      // not in step with anything that beats
      await wait(10 + Math.random() * 30);
    }
    const seconds = (performance.now() - began) / 1000;
    const after = (await broker.stored?.()) ?? Number.NaN;
    const flow = (after - before - took.length) / seconds;
    if (flow < RATE * ENOUGH) throw new Error(`only ${Math.round(flow)} readings/s were stored`);
    return { took, flow };
  } finally {
    for (const detector of detectors) detector.close();
    await load.stop();
  }
}

/** The same while people look at two years. */
async function smokeWithCharts(
  gateway: RunningGateway,
  school: School,
  phone: Phone,
  first: number,
  count: number,
) {
  const charts = new Child('charts');
  const devices = Array.from({ length: CONNECTIONS }, (_, i) => `bench/freezer-${i}`);
  const job: ChartJob = { url: gateway.url, devices, clients: CLIENTS };
  charts.send(job);
  try {
    const began = performance.now();
    const smoked = await smoke(gateway, school, phone, first, count);
    const seconds = (performance.now() - began) / 1000;
    charts.send('stop');
    const { answers, p50, p99 } = await charts.next<ChartResult>();
    return {
      ...smoked,
      charts: { chartsPerSecond: answers / seconds, chartP50: p50, chartP99: p99 },
    };
  } finally {
    await charts.stop();
  }
}

/** From PUBLISH of a smoke alarm to its message at the duty phone. */
export const alarmLatency: Measurement = async ({ quick }, say) => {
  const samples = quick ? 20 : 500;
  const phone = await Phone.start();
  try {
    const devices = { freezer: CONNECTIONS, 'smoke-detector': 2 * samples };
    using school = new School({ devices, phone: phone.url });
    await school.giveCredentials();
    say('alarms: filling in two years');
    fillHistory(school, { hours: TWO_YEARS_OF_HOURS, readings: quick ? 100_000 : 2_000_000 });

    say(`alarms: ${samples} detectors, ${RATE} readings/s`);
    const bare = await startBareAedes(phone.url);
    const { took: baseline } = await smoke(bare, school, phone, 0, samples).finally(() =>
      bare.stop(),
    );
    const gateway = await startGateway(school);
    try {
      const alone = await smoke(gateway, school, phone, 0, samples);
      say(`alarms: the same, while ${CLIENTS} clients ask for two years`);
      const busy = await smokeWithCharts(gateway, school, phone, samples, samples);
      const figure = (name: string, took: number[], share: number): Figure => ({
        name,
        value: percentile(took, share),
        unit: 'ms',
        baseline: { name: 'aedes + fetch', value: percentile(baseline, share) },
      });
      const goal = { atMost: GOAL };
      return [
        figure('alarm to the phone p50', alone.took, 0.5),
        {
          ...figure('alarm to the phone p99', alone.took, 0.99),
          goal,
          details: { readingsPerSecond: alone.flow },
        },
        figure(`  with ${CLIENTS} charts p50`, busy.took, 0.5),
        {
          ...figure(`  with ${CLIENTS} charts p99`, busy.took, 0.99),
          goal,
          details: { ...busy.charts, readingsPerSecond: busy.flow },
        },
      ];
    } finally {
      await gateway.stop();
    }
  } finally {
    await phone.stop();
  }
};
