import { type Clock, type Millis, systemClock, type Timer } from '../clock.ts';
import { type CodedError, describe } from '../errors.ts';
import { ExternalConnection, type ExternalSettings } from './external-connection.ts';
import { Intake } from './intake.ts';
import type { SessionFilters } from './session-filters.ts';
import type { Receive, Transport, TransportStatus } from './transport.ts';

export interface ExternalOptions extends ExternalSettings {
  /** What the broker's session was asked for so far. */
  session: SessionFilters;
  /** Bytes of messages that are not committed yet; no more are read then. */
  maxPending?: number;
  /** Called when the connection comes or goes, or cannot be made. */
  onState?(status: TransportStatus): void;
}

const MAX_PENDING = 64 * 1024 * 1024;
const SHORTEST_WAIT = 1_000;
const LONGEST_WAIT = 60_000;
// A connection that lasted this long was a good one; the next attempt starts from the beginning.
const STABLE = 60_000;
// How long stop() waits for commits, and then for the goodbye.
const PATIENCE = 2_000;

/** How long to wait before the given attempt (0 is the first): doubling, and half of it by chance. */
export const backoff = (attempt: number, random: number): Millis => {
  const longest = Math.min(LONGEST_WAIT, 2 * SHORTEST_WAIT * 2 ** attempt);
  return longest / 2 + (random * longest) / 2;
};

/** A broker that is not ours: the gateway is one of its clients. */
export const createExternalBroker = (
  options: ExternalOptions,
  receive: Receive,
  clock: Clock = systemClock,
): Transport => new External(options, receive, clock);

class External implements Transport {
  readonly #options: ExternalOptions;
  readonly #receive: Receive;
  readonly #clock: Clock;
  readonly #intake: Intake;
  #connection: ExternalConnection | undefined;
  #connectedSince: Millis | undefined;
  #subscribed = false;
  #problem: CodedError | undefined;
  #attempt = 0;
  #retry: Timer | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: ExternalOptions, receive: Receive, clock: Clock) {
    this.#options = options;
    this.#receive = receive;
    this.#clock = clock;
    this.#intake = new Intake(options.maxPending ?? MAX_PENDING);
  }

  async start(): Promise<void> {
    this.#connect();
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
      connected: this.#connectedSince !== undefined,
      problem: this.#problem?.message ?? busy,
    };
  }

  #connect(): void {
    const connection = new ExternalConnection(this.#options, this.#intake, this.#receive, {
      opened: (sessionPresent) => void this.#opened(connection, sessionPresent),
      closed: (reason) => this.#closed(reason),
    });
    this.#connection = connection;
  }

  async #opened(connection: ExternalConnection, sessionPresent: boolean): Promise<void> {
    if (this.#stopped) return;
    this.#connectedSince = this.#clock.now();
    this.#problem = undefined;
    // The first connection subscribes even to a session that is there: the filters may have
    // changed since. Later ones would only make the broker replay its retained messages.
    if (!sessionPresent || !this.#subscribed) {
      try {
        await this.#subscribe(connection);
      } catch {
        // The connection ended, or the disk is full; the next one subscribes.
        this.#subscribed = false;
        connection.cut();
        return;
      }
    }
    this.#tell();
  }

  /** What an earlier configuration had asked for would be delivered for ever. */
  async #subscribe(connection: ExternalConnection): Promise<void> {
    const { filters, session } = this.#options;
    const known = session.read();
    const added = filters.filter((filter) => !known.includes(filter));
    const gone = known.filter((filter) => !filters.includes(filter));
    // Kept before they are asked for: a crash must not forget any that the broker knows.
    if (added.length > 0) session.write([...known, ...added]);
    this.#problem = await connection.subscribe(filters);
    this.#subscribed = this.#problem === undefined;
    if (gone.length === 0) return;
    await connection.unsubscribe(gone);
    session.write(filters);
  }

  #closed(reason: CodedError): void {
    const lasted = this.#clock.now() - (this.#connectedSince ?? this.#clock.now());
    this.#connection = undefined;
    this.#connectedSince = undefined;
    if (this.#stopped) return;
    this.#problem = reason;
    if (lasted >= STABLE) this.#attempt = 0;
    const delay = backoff(this.#attempt++, Math.random());
    this.#retry = this.#clock.after(delay, () => this.#connect());
    this.#tell();
  }

  async #close(): Promise<void> {
    this.#retry?.cancel();
    const connection = this.#connection;
    if (!connection) return;
    connection.refuse();
    await this.#intake.drained(this.#clock, PATIENCE);
    // Not connected yet: nobody is there to say goodbye to.
    if (this.#connectedSince === undefined) connection.cut();
    else connection.end();
    const impatience = this.#clock.after(PATIENCE, () => connection.cut());
    await connection.closed;
    impatience.cancel();
  }

  #tell(): void {
    this.#options.onState?.(this.status());
  }
}
