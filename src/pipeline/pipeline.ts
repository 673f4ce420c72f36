import type { Logger } from 'pino';
import type { Configuration } from '../campus/model.ts';
import type { Clock, Millis } from '../clock.ts';
import type { Point, Refusal } from '../decode/adapter.ts';
import { createDecoder, type Decoder } from '../decode/decode.ts';
import { describe, type ErrorCode } from '../errors.ts';
import { type Database, isStorageFailure, storageError } from '../storage/database.ts';
import type { ReadingWriter } from '../storage/readings.ts';
import type { IncomingMessage, Receive } from '../transport/transport.ts';
import { Admitter, type PipelineCounters } from './admitter.ts';
import { Backlog, type Waiting } from './backlog.ts';
import type { Catalogue, DeviceState } from './catalogue.ts';
import { type DeadLetter, DeadLetters } from './dead-letters.ts';
import type { Reading, Stage } from './stage.ts';

const RETRY_AFTER: Millis = 1_000;

export interface PipelineOptions {
  database: Database;
  clock: Clock;
  log: Logger;
  catalogue: Catalogue;
  configuration: Configuration;
  /** In the order in which they judge. */
  stages: readonly Stage[];
  /** Takes back a dead letter that was no message of a device; false when it was one. */
  takeBack?: (letter: DeadLetter) => boolean;
  /** A bridge has said how it is: called in the transaction under way. */
  onBridge: (campus: string, bridge: string, online: boolean) => void;
  /** Called after COMMIT with the new readings. */
  onCommitted: (readings: readonly Reading[]) => void;
  /** Called when writing fails and when it works again. */
  onStorage: (failure: Error | undefined) => void;
}

/**
 * Takes messages to readings: gathers what arrives in one turn of the event loop, writes it with
 * all its consequences in one transaction, and only then lets it be acknowledged.
 */
export class Pipeline {
  readonly counters: PipelineCounters = {
    messages: 0,
    readings: 0,
    duplicates: 0,
    late: 0,
    ignored: 0,
    refused: 0,
    transactions: 0,
  };
  readonly deadLetters: DeadLetters;
  readonly #admitter: Admitter;
  readonly #options: PipelineOptions;
  #configuration: Configuration;
  #decoder: Decoder;
  readonly #backlog = new Backlog();
  #scheduled = false;
  #failing = false;
  #stopped = false;
  /** What the transaction under way has counted so far; `counters` follow only after COMMIT. */
  readonly #counted: PipelineCounters = { ...this.counters };

  constructor(options: PipelineOptions) {
    this.#options = options;
    this.#configuration = options.configuration;
    this.#decoder = createDecoder(options.configuration);
    this.#admitter = new Admitter(options.database, options.stages, this.#counted);
    this.deadLetters = new DeadLetters(
      options.database,
      () => this.#configuration.machine.storage.maxDeadLetters,
    );
  }

  get writer(): ReadingWriter {
    return this.#admitter.writer;
  }

  /** The topic filters of all that can be decoded. */
  get filters(): readonly string[] {
    return this.#decoder.filters;
  }

  get waiting(): number {
    return this.#backlog.length;
  }

  follow(configuration: Configuration): void {
    this.#configuration = configuration;
    this.#decoder = createDecoder(configuration);
  }

  /** Takes a message; it is settled after the COMMIT that holds it. */
  receive: Receive = (message) => {
    if (this.#stopped || !this.#backlog.add(message, this.#options.clock.now())) {
      message.settle(new Error('not taking messages now'));
      return;
    }
    if (!this.#scheduled && !this.#failing) {
      this.#scheduled = true;
      setImmediate(this.#flush);
    }
  };

  /**
   * Runs `work` in a transaction of its own with everything staged by it, as timers and people do.
   * Throws a storage error of the catalogue; then nothing has happened.
   */
  transact<T>(work: () => T): T {
    let result: T;
    try {
      result = this.#options.database.transaction(() => {
        const done = work();
        for (const stage of this.#options.stages) stage.seal?.();
        return done;
      });
    } catch (error) {
      this.#rollBack();
      throw storageError(error, this.#options.database.file);
    }
    this.#commit();
    return result;
  }

  /** Takes one reading that needs no decoding: replay and import. Within `transact`. */
  admit(
    device: DeviceState,
    points: readonly Point[],
    received: Millis,
    quality: number,
  ): Refusal[] {
    return this.#admitter.admit(device, points, {
      received,
      now: received,
      replayed: false,
      quality,
    });
  }

  /**
   * Takes a dead letter again, as late as it is by now. True when it was taken whole: then it is no
   * longer kept.
   */
  takeAgain(id: number): boolean {
    const letter = this.deadLetters.get(id);
    if (!letter) return false;
    const { topic, payload, replayed, received } = letter;
    const now = this.#options.clock.now();
    return this.transact(() => {
      const refusals = this.#options.takeBack?.(letter)
        ? []
        : this.#decodeAndAdmit({ topic, payload, replayed }, received, now);
      if (refusals.length > 0) return false;
      this.deadLetters.remove(id);
      return true;
    });
  }

  /** Writes what waits and takes no more. */
  stop(): void {
    while (this.#backlog.length > 0 && !this.#failing) this.#flush();
    this.#stopped = true;
    for (const { message } of this.#backlog.remove(this.#backlog.length)) {
      message.settle(new Error('stopping'));
    }
  }

  #flush = (): void => {
    this.#scheduled = false;
    const batch = this.#backlog.next();
    if (batch.length === 0 || this.#stopped) return;
    try {
      this.#write(batch);
    } catch (error) {
      this.#storageFailed(error);
      return;
    }
    for (const { message } of this.#backlog.remove(batch.length)) message.settle();
    // that may have brought the next message already, and that its own flush
    if (this.#backlog.length > 0 && !this.#scheduled) {
      this.#scheduled = true;
      setImmediate(this.#flush);
    }
    if (this.#failing) {
      this.#failing = false;
      this.#options.onStorage(undefined);
    }
  };

  /** One transaction for all; where a message breaks it, each on its own, the culprit set aside. */
  #write(batch: readonly Waiting[]): void {
    try {
      this.transact(() => {
        // a full disk may have stopped an earlier try half-way
        for (const waiting of batch) if (!waiting.isWritten) this.#process(waiting);
      });
    } catch (error) {
      if (isStorageFailure(causeOf(error))) throw error;
      if (batch.length > 1) {
        for (const waiting of batch) {
          this.#write([waiting]);
          waiting.isWritten = true;
        }
        return;
      }
      const [only] = batch;
      if (!only) return;
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.log.error({ err: error, topic: only.message.topic }, 'a message was set aside');
      this.transact(() => {
        this.#counted.messages += 1;
        this.#setAside(only, 'INTERNAL', [{ code: 'INTERNAL', params: { reason } }]);
      });
    }
  }

  #process(waiting: Waiting): void {
    this.#counted.messages += 1;
    const refusals = this.#decodeAndAdmit(waiting.message, waiting.received);
    const [first] = refusals;
    if (first) this.#setAside(waiting, first.code, refusals);
  }

  /** Writes what is good of a message; answers what was not. */
  #decodeAndAdmit(
    { topic, payload, replayed }: IncomingMessage,
    received: Millis,
    now = received,
  ): Refusal[] {
    const decoded = this.#decoder.decode(topic, payload);
    if (decoded.kind === 'ignored') {
      this.#counted.ignored += 1;
      return [];
    }
    if (decoded.kind === 'refused') return [decoded.refusal];
    if (decoded.kind === 'bridge') {
      this.#options.onBridge(decoded.campus, decoded.bridge, decoded.online);
      return [];
    }
    const { key } = decoded.device;
    const device = this.#options.catalogue.devices.get(key);
    if (!device) return [{ code: 'DEVICE_UNKNOWN', params: { device: key } }];
    return this.#admitter.admit(device, decoded.points, { received, now, replayed, quality: 0 });
  }

  #setAside({ message, received }: Waiting, reason: ErrorCode, refusals: readonly Refusal[]): void {
    this.#counted.refused += 1;
    const { topic, payload } = message;
    const kept = Math.max(KEPT_ANYWAY, this.#configuration.machine.transport.maxPayload);
    const said = refusals.slice(0, 10).map(({ code, params }) => describe(code, params).message.en);
    if (payload.length > kept) {
      said.push(`Only the first ${kept} bytes are kept: it cannot be replayed.`);
    }
    this.deadLetters.add({
      received,
      topic,
      payload: payload.subarray(0, kept),
      replayed: message.replayed,
      reason,
      detail: said.join(' '),
    });
  }

  #commit(): void {
    const readings = this.#admitter.committed();
    this.deadLetters.committed();
    for (const stage of this.#options.stages) stage.committed();
    this.#counted.transactions += 1;
    Object.assign(this.counters, this.#counted);
    if (readings.length > 0) this.#options.onCommitted(readings);
  }

  #rollBack(): void {
    Object.assign(this.#counted, this.counters);
    this.#admitter.rolledBack();
    this.deadLetters.rolledBack();
    for (const stage of this.#options.stages) stage.rolledBack();
  }

  #storageFailed(error: unknown): void {
    const failure = error instanceof Error ? error : new Error(String(error));
    if (!this.#failing) {
      this.#failing = true;
      this.#options.onStorage(failure);
    }
    // the batch keeps waiting, unacknowledged
    this.#options.clock.after(RETRY_AFTER, this.#flush);
  }
}

/** Of a payload that is larger than transport.maxPayload; any other is kept whole. */
const KEPT_ANYWAY = 1024 * 1024;

const causeOf = (error: unknown): unknown =>
  error instanceof Error && error.cause !== undefined ? error.cause : error;
