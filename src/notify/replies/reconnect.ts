import type { Logger } from 'pino';
import type { Clock, Millis, Timer } from '../../clock.ts';
import { CodedError } from '../../errors.ts';
import { backoff } from '../backoff.ts';
import type { Replies } from './reply.ts';

/** A connection that held for so long was a good one: the next attempt is soon. */
const GOOD_AFTER: Millis = 60_000;

/**
 * Listens until the connection ends, and resolves or rejects with why. Calls `onUp` once replies
 * would arrive. The reason must hold no secret.
 */
export type Listen = (signal: AbortSignal, onUp: () => void) => Promise<string>;

export interface ReconnectOptions {
  /** Whose: `campus/channel`. */
  name: string;
  clock: Clock;
  log: Logger;
}

/** Listens again whenever it ends, waiting from a second to a minute. Says once that it is lost. */
export function keepConnected({ name, clock, log }: ReconnectOptions, listen: Listen): Replies {
  const abort = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let timer: Timer | undefined;
  let attempts = 0;
  let upSince: Millis | undefined;
  let downSince: Millis | undefined;
  let problem: string | undefined;
  let losses = 0;

  const onUp = () => {
    upSince = clock.now();
    downSince = undefined;
    if (problem !== undefined) log.info({ channel: name }, 'replies arrive again');
    problem = undefined;
  };
  const onDown = (reason: string) => {
    const now = clock.now();
    if (upSince !== undefined) losses += 1;
    if (upSince !== undefined && now - upSince >= GOOD_AFTER) attempts = 0;
    upSince = undefined;
    downSince ??= now;
    if (problem === undefined) {
      const { code, message } = new CodedError('REPLIES_LOST', { channel: name, reason });
      log.warn({ code, channel: name, reason }, message);
    }
    problem = reason;
  };
  const run = async () => {
    const reason = await listen(abort.signal, onUp).catch((error: unknown) =>
      error instanceof Error ? error.message : String(error),
    );
    if (abort.signal.aborted) return;
    onDown(reason);
    timer = clock.after(backoff(attempts++), () => {
      running = run();
    });
  };

  return {
    start() {
      downSince = clock.now();
      running = run();
    },
    async stop() {
      abort.abort();
      timer?.cancel();
      await running;
    },
    status: () => ({ name, connected: upSince !== undefined, downSince, problem, losses }),
  };
}
