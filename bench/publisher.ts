import { connect, type Socket } from 'node:net';
import { Answers, connectPacket, idOffset, publishPacket } from './wire.ts';

/** Stands in a payload where the time of each message goes. */
export const TIME = new Date(0).toISOString();

/** A device that publishes, and what. */
export interface Speaker {
  username: string;
  password: string;
  topic: string;
  /** With `TIME` in it. */
  payload: string;
}

const MAX_ID = 65_535;

/**
 * A device's connection, over a bare socket. A message is a copy of a template; only its packet id
 * and its time change, so that the generator leaves the processor to what is measured.
 */
export class Publisher {
  readonly #socket: Socket;
  readonly #template: Buffer;
  readonly #idAt: number;
  readonly #timeAt: number;
  /** When the message with a packet id was sent. */
  readonly #sent = new Float64Array(MAX_ID + 1);
  #nextId = 0;
  #latest = 0;
  #pending: Buffer[] = [];
  /** Told of every PUBACK with the milliseconds it took. */
  onAck: (took: number) => void = () => undefined;

  private constructor(socket: Socket, { topic, payload }: Speaker) {
    this.#socket = socket;
    this.#template = publishPacket(topic, payload);
    this.#idAt = idOffset(topic, this.#template);
    this.#timeAt = this.#template.indexOf(TIME);
  }

  /** Resolves once the broker has accepted the device. */
  static async connect(port: number, speaker: Speaker): Promise<Publisher> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const publisher = new Publisher(socket, speaker);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const answers = new Answers(
      (code) => (code === 0 ? resolve() : reject(new Error(`refused: ${code}`))),
      (id) => publisher.onAck(performance.now() - (publisher.#sent[id] ?? 0)),
    );
    socket.on('data', (chunk) => {
      answers.take(chunk);
      publisher.flush();
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the broker closed the connection')));
    socket.write(connectPacket(speaker.username, speaker.password));
    await promise;
    return publisher;
  }

  /** Prepares one message; `flush` sends what was prepared, in one write. */
  prepare(): void {
    const message = Buffer.from(this.#template);
    this.#nextId = (this.#nextId % MAX_ID) + 1;
    message.writeUInt16BE(this.#nextId, this.#idAt);
    // each message of a device has a time of its own, as a real one's would
    this.#latest = Math.max(Date.now(), this.#latest + 1);
    message.write(new Date(this.#latest).toISOString(), this.#timeAt, 'latin1');
    this.#sent[this.#nextId] = performance.now();
    this.#pending.push(message);
  }

  flush(): void {
    const [only] = this.#pending;
    if (!only) return;
    this.#socket.write(this.#pending.length === 1 ? only : Buffer.concat(this.#pending));
    this.#pending = [];
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** Connects all of them, some at a time: every password costs the broker some milliseconds. */
export async function connectAll(port: number, speakers: readonly Speaker[]): Promise<Publisher[]> {
  const publishers: Publisher[] = [];
  for (let i = 0; i < speakers.length; i += 50) {
    const portion = speakers.slice(i, i + 50);
    publishers.push(...(await Promise.all(portion.map((one) => Publisher.connect(port, one)))));
  }
  return publishers;
}
