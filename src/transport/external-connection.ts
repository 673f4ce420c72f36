import type { IPublishPacket } from 'mqtt';
import { connect, ErrorWithSubackPacket, type MqttClient } from 'mqtt';
import { CodedError } from '../errors.ts';
import { Acks } from './acks.ts';
import { type Intake, weigh } from './intake.ts';
import type { Receive } from './transport.ts';

/** The broker, and who the gateway is there. */
export interface ExternalSettings {
  /** mqtt://, mqtts://, ws:// or wss:// with host and port. */
  url: string;
  /** Always the same for one gateway: the broker keeps its unacknowledged messages under it. */
  clientId: string;
  /** Topic filters to subscribe to. */
  filters: readonly string[];
  username?: string;
  password?: string;
  /** The authority that signed the broker's certificate, as PEM, if no public one did. */
  ca?: string;
  /** Seconds. */
  keepalive?: number;
}

export interface ConnectionEvents {
  opened(sessionPresent: boolean): void;
  closed(reason: CodedError): void;
}

// Tells MQTT.js to go on with the next packet and to send no PUBACK.
const acknowledgedLater = new Error('acknowledged after the commit');

/**
 * One connection to an external broker, from CONNECT to its end.
 *
 * MQTT.js handles one packet at a time, PINGRESP included, and a message keeps it from the next one
 * until `handleMessage` calls back. Calling back after the commit would mean one commit for each
 * message, and a dead keepalive while the disk is full. So it is called back at once, with an error,
 * upon which MQTT.js sends no PUBACK; that is sent from here, after the commit.
 */
export class ExternalConnection {
  readonly #client: MqttClient;
  readonly #acks: Acks;
  readonly #intake: Intake;
  readonly #receive: Receive;
  readonly #broker: string;
  /** Resolves when the connection is closed. */
  readonly closed: Promise<void>;
  #held = false;
  #taking = true;
  #open = true;
  #error: Error | undefined;

  constructor(
    settings: ExternalSettings,
    intake: Intake,
    receive: Receive,
    events: ConnectionEvents,
  ) {
    const { url, clientId, username, password, ca, keepalive = 60 } = settings;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.#broker = new URL(url).host;
    this.#intake = intake;
    this.#receive = receive;
    this.#client = connect(url, {
      clientId,
      username,
      password,
      ca,
      keepalive,
      clean: false,
      protocolVersion: 4,
      connectTimeout: 10_000,
      // A new connection is a new client: nothing of the old one's state can leak into it.
      reconnectPeriod: 0,
    });
    this.#acks = new Acks(this.#client.stream);
    this.#client.handleMessage = (packet, next) => this.#handle(packet, next);
    this.#client.on('connect', ({ sessionPresent }) => events.opened(sessionPresent));
    this.#client.on('packetsend', ({ cmd }) => {
      if (cmd === 'pingreq' && this.#held) this.#excuse();
    });
    this.#client.on('error', (error) => {
      this.#error ??= error;
      // After bytes that are no MQTT nothing more is read, and MQTT.js would go on waiting for it.
      this.cut();
    });
    this.#client.on('close', () => {
      if (!this.#open) return;
      this.#open = false;
      resolve();
      events.closed(this.#reason());
    });
  }

  /** Subscribes; resolves to what is wrong with it, if anything is. Rejects if the connection ends. */
  async subscribe(filters: readonly string[]): Promise<CodedError | undefined> {
    try {
      await this.#client.subscribeAsync([...filters], { qos: 1 });
      return undefined;
    } catch (error) {
      if (!this.#open) throw error;
      const granted = error instanceof ErrorWithSubackPacket ? error.packet.granted : [];
      const refused = filters.filter((_, i) => (granted[i] ?? 128) === 128);
      return new CodedError(
        'BROKER_SUBSCRIPTION',
        { broker: this.#broker, filters: refused.join(', ') },
        { cause: error },
      );
    }
  }

  /** Rejects if the connection ends. */
  async unsubscribe(filters: readonly string[]): Promise<void> {
    await this.#client.unsubscribeAsync([...filters]);
  }

  /** Takes no more messages; what comes stays with the broker. */
  refuse(): void {
    this.#taking = false;
  }

  /** Says goodbye; the broker closes the connection. */
  end(): void {
    this.#client.end();
  }

  /** Closes the connection at once. */
  cut(): void {
    this.#client.stream.destroy();
  }

  #handle(packet: IPublishPacket, next: (error?: Error) => void): void {
    if (!this.#open) return;
    if (this.#taking) this.#take(packet);
    if (!this.#intake.full) {
      next(acknowledgedLater);
      return;
    }
    // Reading stops here, so the broker's PINGRESP cannot be read either and proves nothing.
    this.#held = true;
    this.#excuse();
    this.#intake.whenRoom(() => {
      this.#held = false;
      this.#excuse();
      next(acknowledgedLater);
    });
  }

  #take({ topic, payload, qos, messageId, retain }: IPublishPacket): void {
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
    // Subscribed with QoS 1, so nothing comes with QoS 2.
    const owed = qos > 0 && messageId !== undefined ? { messageId, committed: false } : undefined;
    if (owed) this.#acks.expect(owed);
    const weight = weigh(bytes);
    this.#intake.add(weight);
    const settle = (error?: Error) => {
      this.#intake.remove(weight);
      if (!owed) return;
      if (!error) {
        this.#acks.commit(owed);
        return;
      }
      // MQTT 3.1.1 brokers send again only to a new connection.
      this.#error ??=
        error instanceof CodedError
          ? error
          : new CodedError('STORAGE_FAILED', { reason: error.message }, { cause: error });
      this.cut();
    };
    this.#receive({ topic, payload: bytes, replayed: retain, settle });
  }

  /** Starts the wait for the next PINGRESP anew; the pings themselves still go out. */
  #excuse(): void {
    if (this.#open) this.#client.reschedulePing(true);
  }

  #reason(): CodedError {
    const error: (Error & { code?: unknown }) | undefined = this.#error;
    if (error instanceof CodedError) return error;
    const refused = typeof error?.code === 'number' && error.code >= 1 && error.code <= 5;
    return new CodedError(
      refused ? 'BROKER_REFUSED' : 'BROKER_UNREACHABLE',
      {
        broker: this.#broker,
        reason: error?.message || String(error?.code ?? 'connection closed'),
      },
      { cause: error },
    );
  }
}
