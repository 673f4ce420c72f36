import { EventEmitter } from 'node:events';
import mqtt, { type IPublishPacket, type Packet, type Parser } from 'mqtt-packet';

const createLibraryParser = mqtt.parser;

/** What of a client's options tells how to read. */
interface Options {
  protocolVersion?: number;
}

/** PUBLISH with QoS 0 or 1, whatever its other flags are. */
const isPlainPublish = (header: number) => (header & 0xf4) === 0x30;
const QOS_1 = 0x02;
const RETAIN = 0x01;
const DUP = 0x08;

/**
 * Reads MQTT packets off a stream as mqtt-packet does, with the same events, and all but one kind by
 * it. Devices send hardly anything but PUBLISH, and that is read here where it lies whole in a chunk:
 * the library goes through a list of buffers and a dozen calls of its log for each packet, a tenth of
 * what a reading costs the gateway.
 */
export class PublishParser extends EventEmitter {
  readonly #library: Parser;
  readonly #chunks: Buffer[] = [];
  #isParsing = false;
  #isBroken = false;
  /** PUBLISH has properties there. */
  #isVersion5: boolean;
  /** The first bytes of a packet, before its length is known. */
  #begun: Buffer | undefined;
  /** Bytes of a packet that are still to come; the library has those before them. */
  #missing = 0;
  /** A device sends to one topic, and makes its text once. */
  #topic = '';
  #topicBytes = Buffer.alloc(0);

  /** A client says in `options` which version it speaks; a server learns it from CONNECT. */
  constructor(options?: Options) {
    super();
    this.#library = createLibraryParser(options);
    this.#isVersion5 = options?.protocolVersion === 5;
    this.#library.on('packet', (packet: Packet) => {
      if (packet.cmd === 'connect') this.#isVersion5 = packet.protocolVersion === 5;
      this.emit('packet', packet);
    });
    this.#library.on('error', (error: unknown) => {
      this.#isBroken = true;
      this.emit('error', error);
    });
  }

  /** Takes what came next. After an error it takes nothing more. */
  parse(chunk: Buffer): void {
    this.#chunks.push(chunk);
    // whoever handles a packet may read on: that comes after what is here
    if (this.#isParsing) return;
    this.#isParsing = true;
    try {
      for (let next = this.#chunks.shift(); next; next = this.#chunks.shift()) this.#take(next);
    } finally {
      this.#isParsing = false;
    }
  }

  #take(chunk: Buffer): void {
    if (this.#isBroken) return;
    const bytes = this.#begun ? Buffer.concat([this.#begun, chunk]) : chunk;
    this.#begun = undefined;
    let at = Math.min(this.#missing, bytes.length);
    this.#missing -= at;
    if (at > 0) this.#library.parse(bytes.subarray(0, at));
    while (at < bytes.length && !this.#isBroken) {
      let body = at + 1;
      let length = 0;
      let more = true;
      for (let scale = 1; more && body < bytes.length && body < at + 5; scale *= 128) {
        const byte = bytes[body++] ?? 0;
        length += (byte & 0x7f) * scale;
        more = byte >= 0x80;
      }
      if (more && body < at + 5) {
        this.#begun = Buffer.from(bytes.subarray(at));
        return;
      }
      const end = Math.min(body + length, bytes.length);
      const missing = body + length - end;
      if (missing > 0 || !this.#publish(bytes, at, body, end)) {
        this.#missing = missing;
        this.#library.parse(bytes.subarray(at, end));
      }
      at = end;
    }
  }

  /** Emits the packet from `at` to `end`; false, and nothing done, if it is the library's to read. */
  #publish(bytes: Buffer, at: number, body: number, end: number): boolean {
    const header = bytes[at] ?? 0;
    if (!isPlainPublish(header) || this.#isVersion5 || end < body + 2) return false;
    const topicAt = body + 2;
    const topicEnd = topicAt + bytes.readUInt16BE(body);
    const isQos1 = (header & QOS_1) !== 0;
    const payloadAt = isQos1 ? topicEnd + 2 : topicEnd;
    if (payloadAt > end) return false;
    const packet: IPublishPacket = {
      cmd: 'publish',
      retain: (header & RETAIN) !== 0,
      qos: isQos1 ? 1 : 0,
      dup: (header & DUP) !== 0,
      length: end - body,
      topic: this.#topicOf(bytes, topicAt, topicEnd),
      payload: bytes.subarray(payloadAt, end),
    };
    if (isQos1) packet.messageId = bytes.readUInt16BE(topicEnd);
    this.emit('packet', packet);
    return true;
  }

  #topicOf(bytes: Buffer, from: number, to: number): string {
    const known = this.#topicBytes;
    let same = known.length === to - from;
    for (let i = 0; same && i < known.length; i++) same = known[i] === bytes[from + i];
    if (!same) {
      this.#topicBytes = Buffer.from(bytes.subarray(from, to));
      this.#topic = this.#topicBytes.toString();
    }
    return this.#topic;
  }
}

/** Makes the broker, whose parser cannot be chosen, read with this one; all clients do so, too. */
export function installPublishParser(): void {
  Object.assign(mqtt, { parser: (options?: Options) => new PublishParser(options) });
}
