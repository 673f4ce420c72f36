import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');
const MAIN = join(ROOT, 'src/main.ts');
/** `npm run fault` */
export const FAULT = join(ROOT, 'simulators/fault-command.ts');
/** Generous: the machine may be busy with other tests. */
const PATIENCE = 60_000;

// whatever happens to a test, no process of ours outlives it
const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** The command line of the gateway, or another program of ours, in a process of its own. */
export class CommandLine implements AsyncDisposable {
  readonly process: ChildProcess;
  stdout = '';
  stderr = '';
  readonly #ended: Promise<Ended>;

  constructor(args: readonly string[], env: NodeJS.ProcessEnv = {}, program = MAIN) {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: ROOT,
      env: {
        ...process.env,
        LOG_LEVEL: 'error',
        // as the scripts of package.json do: a start takes half as long
        NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/node'),
        ...env,
      },
    });
    this.process = child;
    alive.add(child);
    child.stdout.setEncoding('utf8').on('data', (text) => {
      this.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      this.stderr += text;
    });
    // 'close' comes when all output has been read, too
    this.#ended = once(child, 'close').then(([code]) => {
      alive.delete(child);
      return { code, stdout: this.stdout, stderr: this.stderr };
    });
  }

  /** Writes to its standard input and closes that. */
  type(text: string): this {
    this.process.stdin?.end(text);
    return this;
  }

  /** Waits for words on standard output or error. Rejects when it ends before. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    const deadline = AbortSignal.timeout(PATIENCE);
    const { stdout, stderr } = this.process;
    for (;;) {
      const found = pattern.exec(this.stderr) ?? pattern.exec(this.stdout);
      if (found) return found;
      const { exitCode, signalCode } = this.process;
      if (exitCode !== null || signalCode !== null || deadline.aborted || !stdout || !stderr) {
        throw new Error(`it never said ${pattern}:\n${this.stdout}\n${this.stderr}`);
      }
      const more = new AbortController();
      const signal = AbortSignal.any([more.signal, deadline]);
      await Promise.race([
        once(stdout, 'data', { signal }),
        once(stderr, 'data', { signal }),
        this.#ended,
      ]).catch(() => undefined);
      more.abort();
    }
  }

  /** How it ends by itself. */
  async ends(): Promise<Ended> {
    const late = setTimeout(() => this.process.kill('SIGKILL'), PATIENCE);
    try {
      return await this.#ended;
    } finally {
      clearTimeout(late);
    }
  }

  /** Asks it to stop. */
  async stops(signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): Promise<Ended> {
    this.process.kill(signal);
    return this.ends();
  }

  /** Ends it at once, as a power cut would. */
  async dies(): Promise<Ended> {
    this.process.kill('SIGKILL');
    return this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dies();
  }
}

/** Runs a command to its end. */
export async function run(
  args: readonly string[],
  { input, env, program }: { input?: string; env?: NodeJS.ProcessEnv; program?: string } = {},
): Promise<Ended> {
  await using command = new CommandLine(args, env, program);
  command.type(input ?? '');
  return await command.ends();
}
