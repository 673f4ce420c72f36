/** The few bytes of MQTT 3.1.1 that a publisher needs: a library would cost more than what it measures. */

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
};

/** A packet with its remaining length before it. */
function packet(type: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length: number[] = [];
  for (let rest = body.length; ; rest = rest >> 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) break;
  }
  return Buffer.concat([Buffer.from([type, ...length]), body]);
}

/** Clean session, user name and password, no keepalive. */
export const connectPacket = (username: string, password: string): Buffer =>
  packet(
    0x10,
    text('MQTT'),
    Buffer.from([4, 0xc2, 0, 0]),
    text(username),
    text(username),
    text(password),
  );

/** Where the packet id stands in a QoS 1 PUBLISH made by `publishPacket`. */
export const idOffset = (topic: string, publish: Buffer): number =>
  publish.indexOf(topic) + Buffer.byteLength(topic);

/** QoS 1; the packet id is 0 until somebody writes it. */
export const publishPacket = (topic: string, payload: string): Buffer =>
  packet(0x32, text(topic), Buffer.from([0, 0]), Buffer.from(payload));

const CONNACK = 0x20;
const PUBACK = 0x40;

/** Reads what a broker answers to a publisher: CONNACK and PUBACK, four bytes each. */
export class Answers {
  readonly #onConnect: (code: number) => void;
  readonly #onAck: (id: number) => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(onConnect: (code: number) => void, onAck: (id: number) => void) {
    this.#onConnect = onConnect;
    this.#onAck = onAck;
  }

  take(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    for (; at + 4 <= bytes.length; at += 4) {
      const type = bytes[at];
      if (type === PUBACK) this.#onAck(bytes.readUInt16BE(at + 2));
      else if (type === CONNACK) this.#onConnect(bytes[at + 3] ?? 255);
      else throw new Error(`unexpected packet of type ${type}`);
    }
    this.#rest = bytes.subarray(at);
  }
}
