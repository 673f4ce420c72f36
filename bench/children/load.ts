import { setTimeout as wait } from 'node:timers/promises';
import { Histogram } from '../figures.ts';
import { connectAll, type Publisher, type Speaker } from '../publisher.ts';

// A process of its own: many devices that publish with QoS 1. Takes one job; says 'connected' and
// 'warm', answers a result, then the total.

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

/** All messages since it was connected. */
export interface LoadTotal {
  total: number;
}

/** Publishes until it is told to stop, and counts: nothing is left in flight then. */
class Load {
  /** Told of every PUBACK. */
  onAck: (took: number) => void = () => undefined;
  readonly #publishers: readonly Publisher[];
  #sent = 0;
  #acknowledged = 0;
  #stopped: (() => void) | undefined;

  constructor(publishers: readonly Publisher[]) {
    this.#publishers = publishers;
  }

  /** A new message for every PUBACK. */
  keepWindow(window: number): void {
    for (const publisher of this.#publishers) {
      publisher.onAck = (took) => {
        this.#take(took);
        this.#publish(publisher);
      };
      for (let i = 0; i < window; i++) this.#publish(publisher);
      publisher.flush();
    }
  }

  /** Evenly in time, round the connections. */
  keepRate(rate: number): void {
    const publishers = this.#publishers;
    for (const publisher of publishers) publisher.onAck = (took) => this.#take(took);
    const began = performance.now();
    let turn = 0;
    setInterval(() => {
      const due = ((performance.now() - began) / 1000) * rate;
      for (; turn < due; turn++) {
        const publisher = publishers[turn % publishers.length];
        if (publisher) this.#publish(publisher);
        publisher?.flush();
      }
    }, 1);
  }

  /** Publishes no more; how many were acknowledged in all, once every one of them is. */
  async stop(): Promise<number> {
    await new Promise<void>((resolve) => {
      this.#stopped = resolve;
      this.#settle();
    });
    return this.#acknowledged;
  }

  #publish(publisher: Publisher): void {
    if (this.#stopped) return;
    this.#sent += 1;
    publisher.prepare();
  }

  #take(took: number): void {
    this.#acknowledged += 1;
    this.onAck(took);
    this.#settle();
  }

  #settle(): void {
    if (this.#acknowledged === this.#sent) this.#stopped?.();
  }
}

async function run({ port, speakers, warmUp, measure, pace }: LoadJob): Promise<void> {
  const load = new Load(await connectAll(port, speakers));
  process.send?.('connected');
  let latency = new Histogram();
  let acknowledged = 0;
  load.onAck = (took) => {
    acknowledged += 1;
    latency.add(took);
  };
  if ('window' in pace) load.keepWindow(pace.window);
  else load.keepRate(pace.rate);
  await wait(warmUp);
  process.send?.('warm');
  latency = new Histogram();
  acknowledged = 0;
  const began = performance.now();
  await wait(measure);
  const seconds = (performance.now() - began) / 1000;
  const result: LoadResult = {
    acknowledged,
    rate: acknowledged / seconds,
    p50: latency.percentile(0.5),
    p99: latency.percentile(0.99),
  };
  process.send?.(result);
  const total: LoadTotal = { total: await load.stop() };
  process.send?.(total, () => process.exit(0));
}

process.once('message', (job: LoadJob) => void run(job));
