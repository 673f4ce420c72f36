import type { AedesOptions, AuthenticateError, Client, PublishPacket } from 'aedes';
import { CodedError, type ErrorCode, type ErrorParams } from '../errors.ts';
import type { Intake } from './intake.ts';
import { Publication } from './publication.ts';
import { Readers } from './readers.ts';
import type { Done, Session } from './session.ts';
import type { Grants } from './topics.ts';
import type { Receive } from './transport.ts';

/** Who may connect and do what, and who hears of those who may not. */
export interface Access {
  authenticate(username: string, password: string): Promise<boolean>;
  /**
   * Undefined for a user who is gone: he may do nothing more, even if still connected. What one
   * user publishes no other may read.
   */
  grants(username: string): Grants | undefined;
  /**
   * Called for every refusal; `params` has username, address and, where there is one, the topic.
   * A hostile client can cause thousands in a second: count them all, log some.
   */
  onRefused?(refusal: CodedError): void;
}

export interface PolicyLimits {
  /** Bytes of one message. */
  maxPayload: number;
  /** Characters of a topic or of a subscription's filter. */
  maxTopicLength: number;
  /** Bytes of messages of one connection that are not committed yet; no more are read then. */
  maxPendingPerConnection: number;
}

const MAX_FILTERS = 32;
// MQTT 3.1.1 return codes of CONNACK.
const SERVER_UNAVAILABLE = 3;
const BAD_CREDENTIALS = 4;
const NOT_AUTHORIZED = 5;

/** Decides, at each step of a connection, what the broker may do. */
export class Policy {
  readonly #access: Access;
  readonly #limits: PolicyLimits;
  readonly #receive: Receive;
  readonly #intake: Intake;
  // Weak: the broker asks about a client's last will after its connection is gone.
  readonly #sessions = new WeakMap<Client, Session>();
  readonly #readers = new Readers();
  #stopping = false;

  constructor(access: Access, limits: PolicyLimits, receive: Receive, intake: Intake) {
    this.#access = access;
    this.#limits = limits;
    this.#receive = receive;
    this.#intake = intake;
  }

  /** What the broker asks of its user, answered here. */
  readonly handlers: AedesOptions = {
    preConnect: (_client, packet, done) => {
      // The broker keeps one connection for each client id and closes the older one. Within its
      // user's name an id cannot reach another device, nor can a make's default id lock out the
      // second device of that make. The length keeps `a` + `b/c` apart from `a/b` + `c`.
      const username = packet.username ?? '';
      packet.clientId = `${username.length}:${username}:${packet.clientId}`;
      // No sessions: they would let a device pile up queues and subscriptions under ever new ids.
      // What a device has to get across it keeps itself until the PUBACK.
      packet.clean = true;
      done(null, true);
    },

    authenticate: (client, username, password, done) => {
      const session = this.#sessions.get(client);
      if (!session) {
        done(null, false);
        return;
      }
      const refuse = (returnCode: AuthenticateError['returnCode'], refusal: CodedError) => {
        session.ended = true;
        done(Object.assign(refusal, { returnCode }), false);
      };
      const wrong = () =>
        this.#refuse(session, 'MQTT_CREDENTIALS', { username: shorten(username) });
      if (username === undefined || password === undefined) {
        refuse(NOT_AUTHORIZED, wrong());
        return;
      }
      const answer = (right: boolean) => {
        if (!right) {
          refuse(BAD_CREDENTIALS, wrong());
          return;
        }
        session.username = username;
        done(null, true);
      };
      this.#access.authenticate(username, password.toString()).then(answer, (error: Error) => {
        const reason = error.message;
        refuse(SERVER_UNAVAILABLE, this.#refuse(session, 'MQTT_CONNECTIONS', { reason }));
      });
    },

    authorizePublish: (client, packet, done) => this.#publish(client, packet, done),

    authorizeSubscribe: (client, subscription, done) => {
      const session = this.#sessions.get(client);
      const { topic } = subscription;
      if (session && this.#maySubscribe(session, topic)) {
        session.filters.add(topic);
        this.#readers.add(session);
        done(null, subscription);
      } else {
        if (session) this.#refuse(session, 'MQTT_SUBSCRIPTION', { topic: shorten(topic) });
        // SUBACK 128; the connection stays.
        done(null, null);
      }
    },

    authorizeForward: (client, packet) => {
      const username = this.#sessions.get(client)?.username;
      if (username === undefined) return null;
      // Who does not read what he subscribed to loses it, rather than holding up the others.
      if (client.conn.writableNeedDrain) return null;
      return this.#access.grants(username)?.maySubscribe(packet.topic) ? packet : null;
    },
  };

  /** Joins the broker's client with the connection it came on. */
  adopt(client: Client, session: Session): void {
    this.#sessions.set(client, session);
  }

  /** No more messages are read, and no last wills taken: it is not the devices that end. */
  stop(): void {
    this.#stopping = true;
  }

  /** Whether more may be read from the connection; if not, it is read again when that changes. */
  mayRead(session: Session, packets: number): boolean {
    if (this.#stopping) return false;
    // After CONNECT comes the answer; then the broker reads on by itself.
    if (session.username === undefined) return packets === 0;
    // The broker reads on when all of them are settled: see Session.hold.
    if (session.pending >= this.#limits.maxPendingPerConnection) return false;
    const busy = this.#intake.full;
    if (!busy && !session.stream.writableNeedDrain) return true;
    if (!session.waits) {
      session.waits = true;
      const resume = () => {
        session.waits = false;
        session.stream.emit('readable');
      };
      if (busy) this.#intake.whenRoom(resume);
      else session.stream.once('drain', resume);
    }
    return false;
  }

  /** Ends a connection that announced a packet which is too long. */
  tooLong(session: Session): void {
    this.#refuse(session, 'MQTT_TOO_LARGE', { limit: this.#limits.maxPayload });
    session.ended = true;
    session.stream.destroy();
  }

  /** Reports the first error of a connection, unless it says no more than that the peer is gone. */
  failed(client: Client, error: Error): void {
    const session = this.#sessions.get(client);
    if (!session || session.ended || client.closed) return;
    session.ended = true;
    const code = 'code' in error ? error.code : undefined;
    if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') this.tooLong(session);
    else if (code === undefined) this.#refuse(session, 'MQTT_PROTOCOL', { reason: error.message });
  }

  /** Reports a peer that did not come as far as MQTT. */
  stranger(address: string, reason: string): void {
    this.#access.onRefused?.(new CodedError('MQTT_PROTOCOL', { username: '?', address, reason }));
  }

  /** A connection that fell silent ends for a reason that is nobody's fault. */
  silent(client: Client): void {
    const session = this.#sessions.get(client);
    if (session) session.ended = true;
  }

  unsubscribed(client: Client, filters: readonly string[]): void {
    const session = this.#sessions.get(client);
    if (!session) return;
    for (const filter of filters) session.filters.delete(filter);
    if (session.filters.size === 0) this.#readers.remove(session);
  }

  /** A connection has ended. */
  left(session: Session): void {
    this.#readers.remove(session);
  }

  #publish(client: Client | null, packet: PublishPacket, done: Done): void {
    const session = client ? this.#sessions.get(client) : undefined;
    if (session?.username === undefined || this.#stopping) {
      done(new Error('nothing is taken from here'));
      return;
    }
    const { topic } = packet;
    if (!this.#mayPublish(session.username, topic)) {
      // MQTT 3.1.1 knows no negative PUBACK: the error closes the connection.
      const refusal = this.#refuse(session, 'MQTT_TOPIC', { topic: shorten(topic) });
      session.ended = true;
      done(refusal);
      return;
    }
    const payload =
      typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    if (payload.length > this.#limits.maxPayload) {
      this.tooLong(session);
      done(new Error('payload too large'));
      return;
    }
    // The gateway keeps the latest values itself; the broker's store of them would only grow.
    packet.retain = false;
    const messageId = this.#owes(session, packet);
    const publication = new Publication(session, topic, payload, messageId ?? done);
    if (messageId !== undefined) {
      session.acks.expect(publication);
      // For the broker it is settled then: it owes nothing and keeps nothing.
      packet.qos = 0;
      session.hold(done);
    }
    session.begin(publication.weight);
    this.#receive(publication);
  }

  /**
   * The id of the PUBACK that is ours to send, all of one batch together: the broker would write each
   * by itself. It sends them only where the user reads as well, who gets the message with its QoS.
   */
  #owes({ username = '' }: Session, { qos, messageId }: PublishPacket): number | undefined {
    // A last will has no id.
    return qos === 1 && !this.#readers.has(username) ? messageId : undefined;
  }

  #mayPublish(username: string, topic: string): boolean {
    if (topic.length > this.#limits.maxTopicLength || topic.startsWith('$')) return false;
    return this.#access.grants(username)?.mayPublish(topic) ?? false;
  }

  #maySubscribe(session: Session, filter: string): boolean {
    if (session.username === undefined || filter.startsWith('$')) return false;
    if (filter.length > this.#limits.maxTopicLength) return false;
    if (session.filters.size >= MAX_FILTERS && !session.filters.has(filter)) return false;
    return this.#access.grants(session.username)?.maySubscribe(filter) ?? false;
  }

  #refuse(session: Session, code: ErrorCode, params: ErrorParams): CodedError {
    const { address, username = '?' } = session;
    const refusal = new CodedError(code, { username, address, ...params });
    this.#access.onRefused?.(refusal);
    return refusal;
  }
}

/** What a stranger sends may be 64 KiB long; a log line should not. */
const shorten = (text = '?') => (text.length > 128 ? `${text.slice(0, 128)}…` : text);
