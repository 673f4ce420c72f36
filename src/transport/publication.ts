import type { Owed } from './acks.ts';
import { weigh } from './intake.ts';
import type { Done, Session } from './session.ts';
import type { Delivery } from './transport.ts';

/**
 * A message on its way from a device to its commit. Thousands wait at a time: so it holds a few
 * fields, and no functions of its own.
 */
export class Publication implements Delivery, Owed {
  readonly topic: string;
  readonly payload: Buffer;
  readonly replayed = false;
  /** Of the PUBACK that is ours to send. */
  readonly messageId: number;
  committed = false;
  /** Where the broker waits for this very message: the PUBACK, if there is one, is its own. */
  readonly #done: Done | undefined;
  readonly #session: Session;

  /** `answer` is the id of the PUBACK that is ours to send, or the broker's way to go on. */
  constructor(session: Session, topic: string, payload: Buffer, answer: number | Done) {
    this.topic = topic;
    this.payload = payload;
    this.#session = session;
    this.messageId = typeof answer === 'number' ? answer : 0;
    this.#done = typeof answer === 'number' ? undefined : answer;
  }

  get weight(): number {
    return weigh(this.payload);
  }

  settle(error?: Error): void {
    const session = this.#session;
    // The broker's own PUBACK follows at once: it must not overtake ours.
    if (this.#done) session.acks.flush();
    else if (!error) session.acks.commit(this);
    session.end(this.weight, error);
    this.#done?.(error);
  }
}
