import { setImmediate } from 'node:timers/promises';
import type { Campus } from '../../src/campus/model.ts';
import { type Attachment, saveAttachment } from '../../src/canteen/attachments.ts';
import { type Books, createBooks } from '../../src/canteen/books.ts';
import { serve } from '../../src/canteen/meals.ts';
import { addPaper, receive } from '../../src/canteen/receiving.ts';
import { disposeSample, takeSample } from '../../src/canteen/samples.ts';
import { setSupplier } from '../../src/canteen/suppliers.ts';
import { move, throwAway, use } from '../../src/canteen/use.ts';
import type { Clock, Millis } from '../../src/clock.ts';
import type { Core } from '../../src/core.ts';
import { CodedError } from '../../src/errors.ts';
import type { Deed } from './deeds.ts';

/** Looked at together, and written in one transaction: some milliseconds. */
const PORTION = 40;
const AT_ONCE = 5;

/** Writes what the canteen does into the gateway's ledgers, each deed at its own time. */
export class Bookkeeper {
  /** Deeds written. */
  written = 0;
  readonly campus: Campus;
  readonly #core: Core;
  readonly #clock: Clock;
  readonly #books: Books;
  readonly #saved = new Set<Buffer>();
  /** While a deed is written down, its time. */
  #time: Millis | undefined;
  #isStopped = false;
  #wake = () => {};

  constructor(core: Core, clock: Clock, campus: Campus) {
    this.#core = core;
    this.#clock = clock;
    this.campus = campus;
    const { database } = core;
    this.#books = createBooks({
      database,
      clock: { ...clock, now: () => this.#time ?? clock.now() },
      // what is long past rings nowhere, and what it does rings nothing
      alarms: { writeOwn: () => undefined, endOwn: (code, place) => core.endOwn(code, place) },
      configuration: () => core.configuration,
      // part of a larger transaction, it fails by itself
      transact(work) {
        const { connection } = database;
        connection.exec('SAVEPOINT deed');
        try {
          return work();
        } catch (error) {
          connection.exec('ROLLBACK TO deed');
          throw error;
        } finally {
          connection.exec('RELEASE deed');
        }
      },
    });
  }

  /**
   * Writes what was done until a moment; what is in the ledgers already is not done twice. Answers
   * the first deed after it, if it was not stopped.
   */
  async catchUp(deeds: Iterator<Deed, void>, until: Millis): Promise<Deed | undefined> {
    for (;;) {
      const portion: Deed[] = [];
      let next = deeds.next();
      while (!next.done && next.value.time <= until && portion.length < PORTION) {
        portion.push(next.value);
        if (portion.length < PORTION) next = deeds.next();
      }
      await this.#write(portion);
      if (this.#isStopped || next.done) return undefined;
      if (next.value.time > until) return next.value;
    }
  }

  /** Goes on as time passes, until it is stopped. */
  async goOn(first: Deed | undefined, deeds: Iterator<Deed, void>): Promise<void> {
    for (let deed = first; deed && !this.#isStopped; deed = deeds.next().value ?? undefined) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const timer = this.#clock.after(Math.max(0, deed.time - this.#clock.now()), resolve);
      await promise;
      timer.cancel();
      if (!this.#isStopped) await this.#write([deed]);
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#wake();
  }

  async #write(deeds: readonly Deed[]): Promise<void> {
    const wanted = deeds.filter(({ id }) => !this.#books.ledger.find(this.campus.id, id));
    await Promise.all(wanted.flatMap(({ files = [] }) => files.map((file) => this.#save(file))));
    for (let i = 0; i < wanted.length && !this.#isStopped; i += AT_ONCE) {
      const { database, pipeline } = this.#core;
      const portion = wanted.slice(i, i + AT_ONCE);
      const write = () => {
        for (const deed of portion) this.#writeOne(deed);
      };
      // they can all be done again, so they never wait for the disk
      database.unhurried(() => pipeline.transact(write));
      await setImmediate();
    }
  }

  #writeOne(deed: Deed): void {
    this.#time = deed.time;
    try {
      writeDeed(this.#books, this.campus.id, deed);
      this.written += 1;
    } catch (error) {
      // a sample that is too small, food that somebody has recalled meanwhile: it was not done
      if (!(error instanceof CodedError)) throw error;
    } finally {
      this.#time = undefined;
    }
  }

  async #save(file: Buffer): Promise<Attachment | undefined> {
    if (this.#saved.has(file)) return undefined;
    this.#saved.add(file);
    return saveAttachment(this.#books, file, 'example.pdf');
  }
}

function writeDeed(books: Books, campus: string, deed: Deed): void {
  const { id, time, person } = deed;
  const act = { campus, id, person, time };
  switch (deed.kind) {
    case 'supplier':
      setSupplier(books, act, deed.supplier, deed.version, deed.body);
      break;
    case 'receive':
      receive(books, act, deed.body);
      break;
    case 'paper':
      addPaper(books, act, deed.batch, deed.body);
      break;
    case 'move':
      move(books, act, deed.body);
      break;
    case 'serve':
      serve(books, act, deed.body);
      break;
    case 'use':
      use(books, act, deed.body);
      break;
    case 'throw':
      throwAway(books, { ...act, reason: deed.reason }, deed.body);
      break;
    case 'sample':
      takeSample(books, act, deed.body);
      break;
    case 'dispose':
      disposeSample(
        books,
        { ...act, ...(deed.reason ? { reason: deed.reason } : {}) },
        deed.sample,
      );
      break;
  }
}
