import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PATIENCE = 60_000;
const SETTLING = 10_000;

/** The bench's own children, so that none outlives it, however it ends. */
const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

function adopt(child: ChildProcess): ChildProcess {
  alive.add(child);
  child.once('exit', () => alive.delete(child));
  return child;
}

const script = (name: string) => new URL(`children/${name}.ts`, import.meta.url);

/** A script of bench/children in a process of its own, spoken to by messages. */
export class Child {
  readonly process: ChildProcess;
  readonly #received: unknown[] = [];
  #waiting: ((message: unknown) => void) | undefined;

  constructor(name: string, args: readonly string[] = []) {
    this.process = adopt(fork(script(name), args));
    this.process.on('message', (message) => {
      const waiting = this.#waiting;
      this.#waiting = undefined;
      if (waiting) waiting(message);
      else this.#received.push(message);
    });
  }

  send(message: object | string): void {
    this.process.send(message);
  }

  /** Its next message. Rejects when it ends before that. */
  async next<T>(patience = PATIENCE): Promise<T> {
    const message = this.#received.shift();
    // both ends are ours: what comes is what the script sends
    if (message !== undefined) return message as T;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const ended = () => reject(new Error(`${this.process.spawnfile} ended early`));
    const late = setTimeout(() => reject(new Error('a child gave no answer')), patience);
    this.#waiting = resolve;
    this.process.once('exit', ended);
    try {
      return (await promise) as T;
    } finally {
      clearTimeout(late);
      this.process.off('exit', ended);
    }
  }

  stop(): Promise<void> {
    return stop(this.process);
  }
}

/**
 * As `npm start` runs it. The nursery is as large as the bound on memory allows: smaller ones are
 * collected so often that it shows, and Node's own default grows to 128 MB on a large machine. The
 * start, where all stays, misleads V8 to put what a reading leaves behind among what is old.
 */
const AS_STARTED = ['--expose-gc', '--max-semi-space-size=16', '--no-allocation-site-pretenuring'];

/** Runs a command line of the gateway. `line` resolves with the first stderr line that fits. */
export function runGateway(args: readonly string[], options: GatewayProcessOptions = {}) {
  const root = join(import.meta.dirname, '..');
  const main = join(root, 'src/main.ts');
  const child = spawn(process.execPath, [...AS_STARTED, ...(options.node ?? []), main, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      LOG_LEVEL: 'error',
      // as the scripts of package.json have it: one malloc heap saves megabytes for each thread
      MALLOC_ARENA_MAX: '1',
      NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/node'),
      ...options.env,
    },
  });
  adopt(child);
  const said: string[] = [];
  const line = async (pattern: RegExp): Promise<RegExpMatchArray> => {
    for await (const text of createInterface({ input: child.stderr })) {
      said.push(text);
      const match = text.match(pattern);
      if (match) {
        child.stderr.resume();
        return match;
      }
    }
    throw new Error(`the gateway ended early: ${said.join('\n')}`);
  };
  return { process: child, line, stop: () => stop(child) };
}

interface GatewayProcessOptions {
  env?: NodeJS.ProcessEnv;
  /** Flags for Node itself. */
  node?: readonly string[];
}

/** Asks it to end, by its own process id, and insists after a while. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const insist = setTimeout(() => child.kill('SIGKILL'), SETTLING);
  await ended;
  clearTimeout(insist);
}
