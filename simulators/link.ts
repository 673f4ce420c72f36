import { connect, type MqttClient } from 'mqtt';
import type { Outgoing } from './encode.ts';

/** Messages that may wait for their PUBACK on one connection; what comes after is dropped. */
const MAX_WAITING = 1000;

/** How long a closing connection waits for its last PUBACKs, in milliseconds. */
const CLOSING_TIME = 1000;

interface Options {
  url: string;
  username: string;
  password: string;
  /** Sent by the broker when the connection breaks. */
  will?: Outgoing;
  reconnectPeriod: number;
  /** Called at every connect; `again` from the second on. */
  onConnect: (again: boolean) => void;
}

/** One device's connection to the broker. It reconnects by itself until it is closed. */
export class Link {
  readonly #client: MqttClient;
  #waiting = 0;
  /** Called when nothing waits any more. */
  #drained = () => {};
  /** Messages acknowledged, and messages dropped because too many were waiting. */
  acknowledged = 0;
  dropped = 0;
  /** Why it isn't connected; undefined while all is well. */
  problem: string | undefined = 'not connected yet';

  constructor({ url, username, password, will, reconnectPeriod, onConnect }: Options) {
    let again = false;
    this.#client = connect(url, {
      username,
      password,
      clientId: username.replaceAll('/', '-'),
      reconnectPeriod,
      // a gateway that is just starting may refuse at first
      reconnectOnConnackError: true,
      ...(will ? { will: { ...will, payload: Buffer.from(will.payload), qos: 1 as const } } : {}),
    });
    this.#client.on('connect', () => {
      this.problem = undefined;
      onConnect(again);
      again = true;
    });
    this.#client.on('error', (error) => {
      this.problem = error.message;
    });
    this.#client.on('close', () => {
      this.problem ??= 'connection closed';
    });
  }

  get connected(): boolean {
    return this.#client.connected;
  }

  publish({ topic, payload, retain }: Outgoing): void {
    if (this.#waiting >= MAX_WAITING) {
      this.dropped++;
      return;
    }
    this.#waiting++;
    this.#client.publish(topic, payload, { qos: 1, retain }, (error) => {
      if (--this.#waiting === 0) this.#drained();
      if (!error) this.acknowledged++;
    });
  }

  /** Waits a moment for what is under way, says goodbye and closes. */
  async close(): Promise<void> {
    const client = this.#client;
    if (client.connected && this.#waiting > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, CLOSING_TIME);
      this.#drained = resolve;
      await promise;
      clearTimeout(timer);
    }
    // a peer that has gone away doesn't answer the goodbye
    const gone = setTimeout(() => client.stream.destroy(), CLOSING_TIME);
    await client.endAsync(!client.connected || this.#waiting > 0);
    clearTimeout(gone);
  }
}
