import { setTimeout as wait } from 'node:timers/promises';
import { Histogram } from '../figures.ts';
import { connectAll, type Publisher, type Speaker } from '../publisher.ts';

// A process of its own: many devices that publish with QoS 1. Takes one job, answers one result.

export interface LoadJob {
  port: number;
  speakers: readonly Speaker[];
  warmUp: number;
  /** How long is measured (ms). */
  measure: number;
  /** Either each connection keeps so many messages unacknowledged, or so many a second in all. */
  pace: { window: number } | { rate: number };
}

export interface LoadResult {
  acknowledged: number;
  /** Messages a second. */
  rate: number;
  /** PUBLISH to PUBACK (ms). */
  p50: number;
  p99: number;
}

/** A new message for every PUBACK. */
function keepWindow(publishers: readonly Publisher[], window: number, onAck: (ms: number) => void) {
  for (const publisher of publishers) {
    publisher.onAck = (took) => {
      onAck(took);
      publisher.prepare();
    };
    for (let i = 0; i < window; i++) publisher.prepare();
    publisher.flush();
  }
}

/** Evenly in time, round the connections. */
function keepRate(publishers: readonly Publisher[], rate: number, onAck: (ms: number) => void) {
  for (const publisher of publishers) publisher.onAck = onAck;
  const began = performance.now();
  let sent = 0;
  setInterval(() => {
    const due = ((performance.now() - began) / 1000) * rate;
    for (; sent < due; sent++) {
      const publisher = publishers[sent % publishers.length];
      publisher?.prepare();
      publisher?.flush();
    }
  }, 1);
}

async function run({ port, speakers, warmUp, measure, pace }: LoadJob): Promise<LoadResult> {
  const publishers = await connectAll(port, speakers);
  process.send?.('connected');
  let latency = new Histogram();
  let acknowledged = 0;
  const onAck = (took: number) => {
    acknowledged += 1;
    latency.add(took);
  };
  if ('window' in pace) keepWindow(publishers, pace.window, onAck);
  else keepRate(publishers, pace.rate, onAck);
  await wait(warmUp);
  process.send?.('warm');
  latency = new Histogram();
  acknowledged = 0;
  const began = performance.now();
  await wait(measure);
  const seconds = (performance.now() - began) / 1000;
  return {
    acknowledged,
    rate: acknowledged / seconds,
    p50: latency.percentile(0.5),
    p99: latency.percentile(0.99),
  };
}

process.once('message', async (job: LoadJob) => {
  const result = await run(job);
  process.send?.(result, () => process.exit(0));
});
