import type { Configuration } from '../../campus/model.ts';
import type { Millis } from '../../clock.ts';
import type { HealthPart } from '../../health.ts';
import { createReplies, type RepliesParts } from './create.ts';
import type { Replies, ReplyStatus } from './reply.ts';

/** A connection is lost now and then; for so long nobody needs to know. */
const GRACE: Millis = 60_000;

/** All connections on which people acknowledge, as the configuration has them. */
export class ReplyConnections {
  readonly #parts: RepliesParts;
  #connections: readonly Replies[] = [];
  #isStarted = false;

  constructor(parts: RepliesParts) {
    this.#parts = parts;
  }

  /** Makes the connections of a configuration, for `use`. Throws SECRET_MISSING. */
  prepare(configuration: Configuration): readonly Replies[] {
    return createReplies(configuration, this.#parts);
  }

  /** Takes the place of those before. */
  use(connections: readonly Replies[]): void {
    void this.stop();
    this.#connections = connections;
    if (this.#isStarted) this.start();
  }

  start(): void {
    this.#isStarted = true;
    for (const one of this.#connections) one.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#connections.map((one) => one.stop()));
  }

  status(): ReplyStatus[] {
    return this.#connections.map((one) => one.status());
  }
}

/** How they are; undefined where there are none. */
export function replyHealth(all: readonly ReplyStatus[], now: Millis): HealthPart | undefined {
  if (all.length === 0) return undefined;
  const lost = all.filter(({ downSince = now }) => now - downSince >= GRACE);
  const problem = lost.map(({ name, problem = '' }) => `${name}: ${problem}`).join('; ');
  const connected = all.filter((one) => one.connected).length;
  return {
    ok: lost.length === 0,
    problem: problem === '' ? undefined : problem,
    figures: { connected, connections: all.length },
  };
}
