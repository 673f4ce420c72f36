import type { Owed } from './acks.ts';
import { weigh } from './intake.ts';
import type { Done, Session } from './session.ts';
import type { Delivery } from './transport.ts';

/** No packet has this id. */
const NOT_OURS = 0;

/**
 * A message on its way from a device to its commit. Thousands wait at a time: so it holds a few
 * fields, and no functions of its own.
 */
export class Publication implements Delivery, Owed {
  readonly topic: string;
  readonly payload: Buffer;
  readonly replayed = false;
  readonly messageId: number;
  committed = false;
  /** Where the broker waits for this very message. */
  done: Done | undefined;
  readonly #session: Session;

  /** `messageId` is undefined where the PUBACK, if there is one, is the broker's to send. */
  constructor(session: Session, topic: string, payload: Buffer, messageId: number | undefined) {
    this.topic = topic;
    this.payload = payload;
    this.messageId = messageId ?? NOT_OURS;
    this.#session = session;
  }

  get weight(): number {
    return weigh(this.payload);
  }

  settle(error?: Error): void {
    const session = this.#session;
    // The broker's own PUBACK follows at once: it must not overtake ours.
    if (this.messageId === NOT_OURS) session.acks.flush();
    else if (!error) session.acks.commit(this);
    session.end(this.weight, error);
    this.done?.(error);
  }
}
