/** A message that waits for its PUBACK. */
export interface Owed {
  readonly messageId: number;
  committed: boolean;
}

/** What is needed of the connection's stream. */
interface Output {
  readonly writable: boolean;
  write(bytes: Buffer): boolean;
}

const PUBACK = 0x40;

/**
 * Sends the PUBACKs of one connection: each only after its commit, all in the order in which the
 * messages came (MQTT-4.6.0-2), those of one batch in one write.
 */
export class Acks {
  readonly #stream: Output;
  #owed: Owed[] = [];
  #scheduled = false;

  constructor(stream: Output) {
    this.#stream = stream;
  }

  expect(owed: Owed): void {
    this.#owed.push(owed);
  }

  commit(owed: Owed): void {
    owed.committed = true;
    if (this.#scheduled || owed !== this.#owed[0]) return;
    this.#scheduled = true;
    process.nextTick(() => this.flush());
  }

  /** Sends at once what is due. */
  flush(): void {
    this.#scheduled = false;
    if (!this.#owed[0]?.committed) return;
    const waiting = this.#owed.findIndex((owed) => !owed.committed);
    const due = this.#owed.splice(0, waiting < 0 ? this.#owed.length : waiting);
    // The broker sends again, under other ids, what the old connection left open.
    if (!this.#stream.writable) return;
    const packets = Buffer.alloc(due.length * 4);
    due.forEach(({ messageId }, i) => {
      packets.writeUInt8(PUBACK, i * 4);
      packets.writeUInt8(2, i * 4 + 1);
      packets.writeUInt16BE(messageId, i * 4 + 2);
    });
    this.#stream.write(packets);
  }
}
