import { Child, runGateway } from './child.ts';
import { type School, WEBHOOK_SECRET } from './school.ts';

/** What a process has used: resident memory (bytes) and processor time (s). */
export interface Usage {
  memory: number;
  cpu: number;
}

/** Something that acknowledges messages, in a process of its own. */
export interface Broker {
  port: number;
  usage(): Promise<Usage>;
  /** How many readings it has stored since it was started; a bare broker stores none. */
  stored?: () => Promise<number>;
  stop(): Promise<void>;
}

/** The baseline: nothing but the protocol; smoke is passed on to the phone, if there is one. */
export async function startBareAedes(phone?: string): Promise<Broker> {
  const child = new Child('bare-aedes', phone === undefined ? [] : [phone]);
  const port = await child.next<number>();
  const usage = () => {
    child.send('usage');
    return child.next<Usage>();
  };
  return { port, usage, stop: () => child.stop() };
}

export interface RunningGateway extends Broker {
  stored: () => Promise<number>;
  url: string;
  /** From the start of the process until it said that it runs (ms). */
  startedIn: number;
}

/** The gateway as a school runs it: its own command line on the school's configuration and data. */
export async function startGateway(
  school: School,
  node: readonly string[] = [],
): Promise<RunningGateway> {
  const began = performance.now();
  const { line, stop } = runGateway(
    [
      ...['start', '--config', school.config, '--data', school.data],
      ...['--http-port', '0', '--mqtt-port', '0'],
    ],
    { env: { CAMPUS_WEBHOOK_SECRET: WEBHOOK_SECRET }, node },
  );
  const [, url = '', port = ''] = await line(/running: (http:\S+) +mqtt:\S+:(\d+)/);
  const ready = await fetch(`${url}/ready`);
  const startedIn = performance.now() - began;
  if (!ready.ok) throw new Error('the gateway is not ready');
  return {
    url,
    port: Number(port),
    startedIn,
    stop,
    usage: async () => {
      const metric = await readMetrics(url);
      return {
        memory: metric('process_resident_memory_bytes'),
        cpu: metric('process_cpu_seconds_total'),
      };
    },
    stored: async () => (await readMetrics(url))('campus_gateway_readings_total'),
  };
}

async function readMetrics(url: string): Promise<(name: string) => number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return (name) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}
