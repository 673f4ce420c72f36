import type { Duplex } from 'node:stream';

/**
 * Follows where the packets of one MQTT stream begin and end, without decoding them: one byte of
 * type, up to four bytes of length, then as many bytes as that says.
 */
export class Frames {
  readonly #limit: number;
  #inHeader = false;
  #length = 0;
  #scale = 1;
  #body = 0;
  #packets = 0;

  /** `limit`: the longest packet, in bytes after its length field. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Packets that have passed completely. */
  get packets(): number {
    return this.#packets;
  }

  /**
   * How many bytes of `chunk` may pass. That is all of them, but for the first packet, which ends
   * its chunk. Undefined when a packet announces more than the limit.
   */
  pass(chunk: Buffer, limit = this.#limit): number | undefined {
    let at = 0;
    while (at < chunk.length) {
      if (this.#body > 0) {
        const step = Math.min(this.#body, chunk.length - at);
        at += step;
        this.#body -= step;
      } else if (this.#inHeader) {
        const byte = chunk[at++] ?? 0;
        this.#length += (byte & 0x7f) * this.#scale;
        this.#scale *= 128;
        const more = byte >= 0x80;
        if (this.#length > limit || (more && this.#scale >= 128 ** 4)) return undefined;
        if (more) continue;
        this.#inHeader = false;
        this.#body = this.#length;
      } else {
        at++;
        this.#inHeader = true;
        this.#length = 0;
        this.#scale = 1;
        continue;
      }
      if (this.#body === 0 && ++this.#packets === 1) return at;
    }
    return at;
  }
}

/** What decides over the reads of one connection. */
export interface ReadRules {
  /** The longest first packet (CONNECT) and the longest later one, after their length field. */
  firstPacket: number;
  laterPacket: number;
  /** Whether more may be read now. Who says no sees to it that the stream is read again later. */
  mayRead(packets: number): boolean;
  tooLong(): void;
}

/**
 * Puts rules before the stream's reader. The broker's parser collects a whole packet before anyone
 * can judge it, so what is too long is stopped here; and CONNECT comes alone, so that nothing a
 * stranger sends after it is even parsed.
 *
 * The stream's own `read` is replaced, because a stream in between would cost every byte of both
 * directions a second passage.
 */
export function guardReads(stream: Duplex, rules: ReadRules): void {
  const frames = new Frames(rules.laterPacket);
  const read = stream.read.bind(stream);
  stream.read = (size?: number) => {
    // read(0) only asks the socket to fetch more.
    if (size === 0) return read(0);
    if (!rules.mayRead(frames.packets)) return null;
    const chunk: unknown = read(size);
    if (!Buffer.isBuffer(chunk)) return null;
    const passing = frames.pass(chunk, frames.packets === 0 ? rules.firstPacket : undefined);
    if (passing === undefined) {
      rules.tooLong();
      return null;
    }
    if (passing === chunk.length) return chunk;
    stream.unshift(chunk.subarray(passing));
    return chunk.subarray(0, passing);
  };
}
