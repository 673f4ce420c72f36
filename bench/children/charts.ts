import { Histogram } from '../figures.ts';

// A process of its own: people who look at two years, over and over, until told to stop.

export interface ChartJob {
  url: string;
  /** `campus/device` */
  devices: readonly string[];
  clients: number;
}

export interface ChartResult {
  answers: number;
  /** From the request to the last byte (ms). */
  p50: number;
  p99: number;
}

const TWO_YEARS = 2 * 365 * 86_400_000;

const took = new Histogram();
let answers = 0;

async function look({ url, devices }: ChartJob, client: number): Promise<void> {
  for (let i = client; ; i++) {
    const now = Date.now();
    const query = new URLSearchParams({
      from: new Date(now - TWO_YEARS).toISOString(),
      to: new Date(now).toISOString(),
      resolution: 'auto',
    });
    const began = performance.now();
    const device = devices[i % devices.length];
    const response = await fetch(`${url}/api/v1/devices/${device}/readings?${query}`);
    const { byteLength } = await response.arrayBuffer();
    if (!response.ok || byteLength < 10_000) throw new Error(`no two years: ${response.status}`);
    took.add(performance.now() - began);
    answers += 1;
  }
}

process.on('message', (message: ChartJob | 'stop') => {
  if (message !== 'stop') {
    for (let client = 0; client < message.clients; client++) void look(message, client);
    return;
  }
  const result: ChartResult = { answers, p50: took.percentile(0.5), p99: took.percentile(0.99) };
  process.send?.(result, () => process.exit(0));
});
