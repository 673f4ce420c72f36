import type { Configuration } from '../../campus/model.ts';
import type { Millis } from '../../clock.ts';
import type { HealthPart } from '../../http/parts.ts';
import { createReplies, type RepliesParts } from './create.ts';
import type { Replies, ReplyStatus } from './reply.ts';

/** A connection is lost now and then; for so long nobody needs to know. */
const GRACE: Millis = 60_000;

/** All connections on which people acknowledge, as the configuration has them. */
export class ReplyConnections {
  readonly #parts: RepliesParts;
  #connections: readonly Replies[];
  #isStarted = false;

  /** Throws SECRET_MISSING. */
  constructor(configuration: Configuration, parts: RepliesParts) {
    this.#parts = parts;
    this.#connections = createReplies(configuration, parts);
  }

  start(): void {
    this.#isStarted = true;
    for (const one of this.#connections) one.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#connections.map((one) => one.stop()));
  }

  /**
   * Builds the connections of a changed configuration; the function it answers puts them in the
   * place of those before. Throws SECRET_MISSING.
   */
  prepare(configuration: Configuration): () => void {
    const next = createReplies(configuration, this.#parts);
    return () => {
      void this.stop();
      this.#connections = next;
      if (this.#isStarted) this.start();
    };
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
