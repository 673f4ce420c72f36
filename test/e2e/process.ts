import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

/** A test starts dozens of processes of the same code. */
const CACHE = join(tmpdir(), 'campus-gateway-compiled');

/** What a finished command said. */
export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A gateway process that listens. */
export interface Running {
  http: string;
  mqtt: string;
  process: ChildProcess;
  /** Ends it and waits for the end; the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

const spawnGateway = (args: readonly string[], env: NodeJS.ProcessEnv) =>
  spawn(process.execPath, [MAIN, ...args], {
    env: { ...process.env, LOG_LEVEL: 'error', NODE_COMPILE_CACHE: CACHE, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });

/** Runs a command of the command line to its end. */
export async function run(
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; input?: string } = {},
): Promise<Finished> {
  const child = spawnGateway(args, options.env ?? {});
  child.stdin.end(options.input ?? '');
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

/** Starts a gateway and waits until it says where it listens. */
export async function startGateway(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Running> {
  const child = spawnGateway(['start', ...args], env);
  const ended = once(child, 'exit');
  child.stdout.resume();
  let said = '';
  const listens = new Promise<RegExpExecArray>((resolve, reject) => {
    child.stderr.on('data', (chunk) => {
      said += chunk;
      const found = /(http:\/\/\S+) {2}(mqtt:\/\/\S+)/.exec(said);
      if (found) resolve(found);
    });
    void ended.then(() => reject(new Error(`it ended before it listened: ${said}`)));
  });
  const [, http = '', mqtt = ''] = await listens;
  return {
    http,
    mqtt,
    process: child,
    async end(signal) {
      child.kill(signal);
      const [code] = await ended;
      return code;
    },
  };
}
