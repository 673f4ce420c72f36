import type { Millis } from '../clock.ts';
import type { Database } from './database.ts';

/** When the gateway ran: what was silent while nobody listened is not the devices' fault. */
export class Runs {
  readonly #database: Database;
  /** Newest first: the newest is asked about for every reading. */
  readonly #gaps: { from: Millis; to: Millis }[] = [];
  readonly #started: Millis;
  /** When the gateway ran for the first time. */
  readonly first: Millis;
  /** When the run before this one last said that it ran; without one, when this one started. */
  readonly previousEnd: Millis;

  constructor(database: Database, now: Millis) {
    this.#database = database;
    const rows = database.prepare('SELECT started, alive FROM run ORDER BY started').all();
    const latest = rows.at(-1);
    // two starts in one millisecond, or a clock set back, still make two rows
    this.#started = Math.max(now, latest ? Number(latest.started) + 1 : now);
    this.first = Number(rows[0]?.started ?? this.#started);
    this.previousEnd = latest ? Number(latest.alive) : this.#started;
    rows.forEach((row, i) => {
      const next = rows[i + 1];
      const to = next ? Number(next.started) : this.#started;
      this.#gaps.unshift({ from: Number(row.alive), to: Math.max(Number(row.alive), to) });
    });
    database.prepare('INSERT INTO run VALUES (?, ?)').run(this.#started, this.#started);
  }

  /** Says that the gateway still runs. */
  beat(now: Millis): void {
    this.#database
      .prepare('UPDATE run SET alive = max(alive, ?) WHERE started = ?')
      .run(now, this.#started);
  }

  /**
   * Notes a time, up to now, in which the gateway could take nothing. What overlaps counts once, and
   * what lies after it is no gap any more: the clock was set back.
   */
  missed(from: Millis, to: Millis): void {
    let begin = Math.min(from, to);
    for (let newest = this.#gaps[0]; newest && newest.to > begin; newest = this.#gaps[0]) {
      begin = Math.min(begin, newest.from);
      this.#gaps.shift();
    }
    this.#gaps.unshift({ from: begin, to });
  }

  /** For how long, since `time`, nobody listened (ms). */
  downSince(time: Millis): Millis {
    let down = 0;
    for (const { from, to } of this.#gaps) {
      if (to <= time) break;
      down += to - Math.max(from, time);
    }
    return down;
  }
}
