import { once } from 'node:events';
import type { IncomingMessage as HttpRequest } from 'node:http';
import type { Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Aedes } from 'aedes';
import mqtt from 'mqtt-packet';
import { systemClock } from '../clock.ts';
import { CodedError, describe } from '../errors.ts';
import { createFanOut } from './fan-out.ts';
import { guardReads } from './frames.ts';
import { Intake } from './intake.ts';
import { type Certificate, createListener, listen } from './listeners.ts';
import { type Access, Policy, type PolicyLimits } from './policy.ts';
import { installPublishParser } from './publish-parser.ts';
import { Session } from './session.ts';
import type { Receive, Transport, TransportStatus } from './transport.ts';
import { WebSocketEntry } from './websocket.ts';

export interface EmbeddedLimits extends PolicyLimits {
  maxConnections: number;
  maxTopicLevels: number;
  /** Bytes of messages of all connections that are not committed yet; no more are read then. */
  maxPending: number;
  /** Milliseconds a new connection has for its CONNECT. */
  connectTimeout: number;
}

const defaults: EmbeddedLimits = {
  maxConnections: 12_000,
  maxPayload: 256 * 1024,
  maxTopicLength: 256,
  maxTopicLevels: 16,
  maxPendingPerConnection: 2 * 1024 * 1024,
  maxPending: 64 * 1024 * 1024,
  connectTimeout: 10_000,
};

export interface EmbeddedOptions extends Access {
  host: string;
  /** 0 picks a free one. */
  port: number;
  tls?: Certificate & { port: number };
  limits?: Partial<EmbeddedLimits>;
}

export interface EmbeddedBroker extends Transport {
  /** Where it listens, once started. */
  readonly ports: { mqtt?: number; mqtts?: number };
  /**
   * Takes an HTTP server's upgrade request at /mqtt as a connection. False, and nothing done, if
   * the request is for another path.
   */
  acceptWebSocket(request: HttpRequest, socket: Duplex, head: Buffer): boolean;
}

// A CONNECT holds ids, credentials and perhaps a small will; strangers need no room for more.
const MAX_CONNECT = 16 * 1024;
// Room beside the payload: topic (at most 3 bytes a character), packet id.
const topicRoom = ({ maxTopicLength }: EmbeddedLimits) => 3 * maxTopicLength + 4;
// How long stop() waits for commits that are under way; devices send again what misses it.
const PATIENCE = 2_000;

// Else it keeps a buffer for each of the 65 536 numbers that a packet may have: 8 MB.
mqtt.writeToStream.cacheNumbers = false;
installPublishParser();

/** An MQTT 3.1.1 broker for the campus's devices, whose only reader is the gateway. */
export const createEmbeddedBroker = (options: EmbeddedOptions, receive: Receive): EmbeddedBroker =>
  new Embedded(options, receive);

class Embedded implements EmbeddedBroker {
  readonly #options: EmbeddedOptions;
  readonly #limits: EmbeddedLimits;
  readonly #longest: number;
  readonly #intake: Intake;
  readonly #policy: Policy;
  readonly #webSockets: WebSocketEntry;
  readonly #streams = new Set<Duplex>();
  readonly #listeners: Server[] = [];
  readonly ports: { mqtt?: number; mqtts?: number } = {};
  #broker: Aedes | undefined;
  #stopped: Promise<void> | undefined;
  #fault: string | undefined;

  constructor(options: EmbeddedOptions, receive: Receive) {
    this.#options = options;
    this.#limits = { ...defaults, ...options.limits };
    this.#longest = this.#limits.maxPayload + topicRoom(this.#limits);
    this.#intake = new Intake(this.#limits.maxPending);
    this.#policy = new Policy(options, this.#limits, receive, this.#intake);
    this.#webSockets = new WebSocketEntry(this.#longest + 5);
  }

  async start(): Promise<void> {
    const policy = this.#policy;
    const broker = await Aedes.createBroker({
      ...policy.handlers,
      connectTimeout: this.#limits.connectTimeout,
      maxTopicLevels: this.#limits.maxTopicLevels,
      // Only MQTT 3.1 limits ids, to 23 characters; ours carry the user's name.
      maxClientsIdLength: MAX_CONNECT,
      mq: createFanOut(),
    });
    broker.on('clientError', (client, error) => policy.failed(client, error));
    broker.on('connectionError', (client, error) => policy.failed(client, error));
    broker.on('keepaliveTimeout', (client) => policy.silent(client));
    broker.on('unsubscribe', (filters, client) => policy.unsubscribed(client, filters));
    broker.addListener('error', (error: Error) => {
      this.#fault = error.message;
    });
    this.#broker = broker;
    try {
      const { port, tls } = this.#options;
      this.ports.mqtt = await this.#listen(port, 'MQTT');
      if (tls) this.ports.mqtts = await this.#listen(tls.port, 'MQTT over TLS', tls);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#close();
    return this.#stopped;
  }

  status(): TransportStatus {
    const busy = this.#intake.full
      ? describe('MQTT_BUSY', { bytes: this.#intake.bytes }).message.en
      : undefined;
    return {
      connected: this.#listeners.some((listener) => listener.listening),
      clients: this.#broker?.connectedClients ?? 0,
      problem: this.#fault ?? busy,
    };
  }

  acceptWebSocket(request: HttpRequest, socket: Duplex, head: Buffer): boolean {
    const address = request.socket.remoteAddress;
    return this.#webSockets.accept(request, socket, head, (stream) => {
      this.#accept(stream, address);
    });
  }

  async #listen(port: number, what: string, certificate?: Certificate): Promise<number> {
    const { maxConnections, connectTimeout } = this.#limits;
    const server = createListener(certificate, connectTimeout, (socket) => {
      this.#accept(socket, socket.remoteAddress);
    });
    const actual = await listen(server, this.#options.host, port, what);
    this.#listeners.push(server);
    // Also bounds those whose TLS handshake is not done.
    server.maxConnections = maxConnections;
    server.on('drop', (dropped) => this.#turnAway(dropped?.remoteAddress));
    server.on('error', (error) => this.#turnAway(undefined, error.message));
    server.on('tlsClientError', (error: Error, { remoteAddress = '?' }: Socket) => {
      this.#policy.stranger(remoteAddress, error.message);
    });
    return actual;
  }

  #accept(stream: Duplex, address = '?'): void {
    const { maxConnections } = this.#limits;
    if (!this.#broker || this.#stopped || this.#streams.size >= maxConnections) {
      if (!this.#stopped) this.#turnAway(address);
      stream.destroy();
      return;
    }
    const session = new Session(stream, address, this.#intake);
    this.#streams.add(stream);
    stream.once('close', () => {
      this.#streams.delete(stream);
      this.#policy.left(session);
    });
    guardReads(stream, {
      firstPacket: MAX_CONNECT,
      laterPacket: this.#longest,
      mayRead: (packets) => this.#policy.mayRead(session, packets),
      tooLong: () => this.#policy.tooLong(session),
    });
    this.#policy.adopt(this.#broker.handle(stream), session);
  }

  #turnAway(address = '?', reason = `${this.#limits.maxConnections}`): void {
    this.#options.onRefused?.(new CodedError('MQTT_CONNECTIONS', { address, reason }));
  }

  async #close(): Promise<void> {
    this.#policy.stop();
    const closed = this.#listeners.map((listener) => once(listener.close(), 'close'));
    await this.#intake.drained(systemClock, PATIENCE);
    for (const stream of this.#streams) stream.destroy();
    const broker = this.#broker;
    if (broker) await new Promise<void>((resolve) => broker.close(resolve));
    await Promise.all(closed);
  }
}
