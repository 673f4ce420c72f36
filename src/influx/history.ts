import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Millis } from '../clock.ts';
import type { Database } from '../storage/database.ts';
import { readSetting, writeSetting } from '../storage/settings.ts';
import type { HistoryPage } from './feed.ts';

const SETTING = 'influx-export';

/** How far the sending of stored history is. Times are ms since 1970. */
export const ExportProgress = Type.Object({
  from: Type.Number(),
  /** Excluded. */
  until: Type.Number(),
  place: Type.Object({ series: Type.Number(), time: Type.Number() }),
  /** Series to read, and those that are through. */
  series: Type.Number(),
  finished: Type.Number(),
  /** Lines sent. */
  sent: Type.Number(),
  done: Type.Boolean(),
});
export type ExportProgress = Static<typeof ExportProgress>;

/** Stored history on its way to InfluxDB: one export at a time, which survives a restart. */
export class History {
  readonly #database: Database;
  #progress: ExportProgress | undefined;
  #isSaved = true;

  constructor(database: Database) {
    this.#database = database;
    const saved = readSetting(database, SETTING);
    if (saved === undefined) return;
    const parsed: unknown = JSON.parse(saved);
    if (Value.Check(ExportProgress, parsed)) this.#progress = parsed;
  }

  /** Of the export that was begun last. */
  get progress(): ExportProgress | undefined {
    return this.#progress;
  }

  get isRunning(): boolean {
    return this.#progress?.done === false;
  }

  /**
   * Begins an export of the readings from `from` to before `until`, or goes on with the one of that
   * time which is not through. Any other is given up.
   */
  begin(from: Millis, until: Millis | undefined, now: Millis): ExportProgress {
    const last = this.#progress;
    const isSame = last && !last.done && last.from === from && last.until === (until ?? last.until);
    if (isSame) return last;
    const place = { series: 0, time: 0 };
    const count = 'SELECT count(DISTINCT series) AS series FROM influx_head';
    const series = Number(this.#database.prepare(count).get()?.series);
    const time = { from, until: until ?? now };
    const begun = { ...time, place, series, finished: 0, sent: 0, done: false };
    this.#take(begun);
    this.save();
    return begun;
  }

  /** A page has arrived, or there is none left. It is saved a little later. */
  advance(page: HistoryPage | undefined): void {
    const next = this.#after(page);
    if (next) this.#take(next);
  }

  /** The same together with other work, which `transact` makes one transaction. */
  advanceWith(page: HistoryPage, work: () => void, transact: (work: () => void) => void): void {
    const next = this.#after(page);
    if (!next) return;
    transact(() => {
      work();
      this.#write(next);
    });
    this.#take(next);
    this.#isSaved = true;
  }

  /** Writes down how far it is, where that has changed. */
  save(): void {
    if (this.#isSaved || !this.#progress) return;
    this.#write(this.#progress);
    this.#isSaved = true;
  }

  #after(page: HistoryPage | undefined): ExportProgress | undefined {
    const now = this.#progress;
    if (!now || !page) return now && { ...now, finished: now.series, done: true };
    const finished = now.finished + page.finished;
    return { ...now, place: page.next, finished, sent: now.sent + page.lines };
  }

  #write(progress: ExportProgress): void {
    writeSetting(this.#database, SETTING, JSON.stringify(progress));
  }

  #take(progress: ExportProgress): void {
    this.#progress = progress;
    this.#isSaved = false;
  }
}
