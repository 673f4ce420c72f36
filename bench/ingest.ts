import { type Broker, startBareAedes, startGateway } from './brokers.ts';
import { Child } from './child.ts';
import type { LoadJob, LoadResult, LoadTotal } from './children/load.ts';
import { median } from './figures.ts';
import type { Figure, Measurement } from './measurement.ts';
import { insertRows } from './raw-inserts.ts';
import { type Kind, READINGS, School } from './school.ts';

const CONNECTIONS = 200;
/** Messages that each connection keeps unacknowledged at full load. */
const WINDOW = 20;
const MODERATE = 2_000;

type Pace = LoadJob['pace'];

interface Round extends LoadResult {
  /** Processor time of the broker (µs) for one message. */
  cpu: number;
}

/** One run of the load generator against one broker. */
async function load(
  start: () => Promise<Broker>,
  { school, kind, pace, seconds }: { school: School; kind: Kind; pace: Pace; seconds: number },
): Promise<Round> {
  const broker = await start();
  const generator = new Child('load');
  try {
    const job: LoadJob = {
      port: broker.port,
      speakers: school.speakers(kind, CONNECTIONS),
      warmUp: seconds * 400,
      measure: seconds * 1000,
      pace,
    };
    generator.send(job);
    await generator.next(); // connected
    await generator.next(); // warm
    const before = await broker.usage();
    const result = await generator.next<LoadResult>();
    const { cpu } = await broker.usage();
    const { total } = await generator.next<LoadTotal>();
    await checkStored(broker, total * READINGS[kind]);
    return { ...result, cpu: ((cpu - before.cpu) / result.acknowledged) * 1e6 };
  } finally {
    await generator.stop();
    await broker.stop();
  }
}

/** A dead letter and a duplicate are acknowledged, too: only what was stored counts. */
async function checkStored(broker: Broker, expected: number): Promise<void> {
  const stored = await broker.stored?.();
  if (stored === undefined || stored === expected) return;
  throw new Error(`${expected} readings were acknowledged, and ${stored} stored`);
}

/** The gateway and the bare broker in turn, so that a busy moment of the machine hits both. */
async function compare(kind: Kind, pace: Pace, seconds: number, rounds: number) {
  const gateway: Round[] = [];
  const bare: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    using school = new School({ devices: { [kind]: CONNECTIONS } });
    await school.giveCredentials();
    const task = { school, kind, pace, seconds };
    bare.push(await load(() => startBareAedes(), task));
    gateway.push(await load(() => startGateway(school), task));
  }
  const middle = (of: Round[]) => (key: keyof Round) => median(of.map((round) => round[key]));
  return { gateway: middle(gateway), bare: middle(bare) };
}

/** Acknowledged QoS 1 readings a second, and how long an acknowledgement takes. */
export const ingest: Measurement = async ({ quick }, say) => {
  const seconds = quick ? 1 : 6;
  const rounds = quick ? 1 : 3;
  const full = { window: WINDOW };
  say(`ingest: ${CONNECTIONS} connections as fast as they can, ${rounds} × ${seconds} s`);
  const single = await compare('freezer', full, seconds, rounds);
  const triple = await compare('electricity-meter', full, seconds, rounds);
  say(`ingest: ${MODERATE} readings/s`);
  const moderate = await compare('freezer', { rate: MODERATE }, seconds, quick ? 1 : 2);
  const rows = insertRows(quick ? 50_000 : 500_000);

  const three = READINGS['electricity-meter'];
  const figures: Figure[] = [
    {
      name: 'acknowledged readings, one a message',
      value: single.gateway('rate'),
      unit: '/s',
      baseline: { name: 'bare aedes', value: single.bare('rate') },
      goal: { atLeast: 40_000, ratioAtLeast: 0.5 },
      details: { cpuPerMessage: single.gateway('cpu'), cpuPerMessageBare: single.bare('cpu') },
    },
    {
      name: 'the same, against raw inserts',
      value: single.gateway('rate'),
      unit: '/s',
      baseline: { name: 'node:sqlite inserts', value: rows },
    },
    {
      name: 'acknowledged readings, three a message',
      value: triple.gateway('rate') * three,
      unit: '/s',
      baseline: { name: 'bare aedes', value: triple.bare('rate') * three },
      goal: { atLeast: 40_000 },
      details: { cpuPerMessage: triple.gateway('cpu'), cpuPerMessageBare: triple.bare('cpu') },
    },
  ];
  for (const [name, key] of [['p50', 'p50'] as const, ['p99', 'p99'] as const]) {
    figures.push(
      {
        name: `PUBACK ${name}, 4 000 in flight`,
        value: single.gateway(key),
        unit: 'ms',
        baseline: { name: 'bare aedes', value: single.bare(key) },
      },
      {
        name: `PUBACK ${name}, ${MODERATE} readings/s`,
        value: moderate.gateway(key),
        unit: 'ms',
        baseline: { name: 'bare aedes', value: moderate.bare(key) },
      },
    );
  }
  return figures;
};
