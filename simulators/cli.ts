import { CodedError, describe } from '../src/errors.ts';

/** A mistake on the command line. */
export class UsageError extends Error {}

/**
 * Runs a command-line program: what it starts, until SIGINT or SIGTERM. A mistake ends it with one
 * message.
 */
export async function run(
  usage: string,
  start: () => Promise<{ stop(): Promise<void> } | undefined>,
): Promise<void> {
  try {
    const running = await start();
    if (!running) return;
    const stop = () => void running.stop().then(() => process.exit(0));
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  } catch (error) {
    console.error(sayError(error, usage));
    process.exitCode = 1;
  }
}

function sayError(error: unknown, usage: string): string {
  if (error instanceof CodedError) {
    const { message, remedy } = describe(error.code, error.params);
    return [`[${error.code}] ${message.zh}`, remedy.zh, message.en, remedy.en].join('\n');
  }
  const text = error instanceof Error ? error.message : String(error);
  // parseArgs throws TypeErrors for options it doesn't know
  return error instanceof UsageError || error instanceof TypeError ? `${text}\n\n${usage}` : text;
}

/** An option that is a number of at least `min`. */
export function numberOption(name: string, text: string, min: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < min) {
    throw new UsageError(`--${name}: "${text}"; allowed: a number ≥ ${min} / 不小于 ${min} 的数`);
  }
  return value;
}

/** An environment variable that holds a secret. */
export function secretFrom(name: string): string {
  const secret = process.env[name];
  if (!secret) throw new UsageError(`${name} is not set / 环境变量 ${name} 未设置`);
  return secret;
}
