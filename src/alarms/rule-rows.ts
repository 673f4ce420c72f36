import type { StatementSync } from 'node:sqlite';
import type { Millis } from '../clock.ts';
import type { SeriesState } from '../pipeline/catalogue.ts';
import { QUALITY } from '../pipeline/quality.ts';
import type { Database } from '../storage/database.ts';
import type { Observation, RuleState } from './rules/phases.ts';

/** Readings that rules with a memory do not see: not in order, not fresh, or not new for sure. */
export const UNSEEN = QUALITY.late | QUALITY.replayed | QUALITY.imported;

/** What is stored of a rule of a device. */
export interface RuleRow {
  device: number;
  rule: string;
  state: RuleState | undefined;
  memory: string | undefined;
}

/** The rows of rules that are not normal or have something to remember. */
export class RuleRows {
  readonly #database: Database;
  readonly #save: StatementSync;
  readonly #remove: StatementSync;
  readonly #saveMemory: StatementSync;
  readonly #removeMemory: StatementSync;
  readonly #seen: StatementSync;

  constructor(database: Database) {
    this.#database = database;
    this.#save = database.prepare(
      `INSERT INTO rule_state VALUES (?, ?, ?, ?)
       ON CONFLICT (device, rule) DO UPDATE SET phase = excluded.phase, since = excluded.since`,
    );
    this.#remove = database.prepare('DELETE FROM rule_state WHERE device = ? AND rule = ?');
    this.#saveMemory = database.prepare(
      `INSERT INTO rule_memory VALUES (?, ?, ?)
       ON CONFLICT (device, rule) DO UPDATE SET memory = excluded.memory`,
    );
    this.#removeMemory = database.prepare('DELETE FROM rule_memory WHERE device = ? AND rule = ?');
    this.#seen = database.prepare(
      `SELECT time, value FROM reading WHERE series = ? AND time >= ? AND (quality & ${UNSEEN}) = 0
       ORDER BY time DESC`,
    );
  }

  save(device: number, rule: string, state: RuleState): void {
    if (state.phase === 'normal') this.#remove.run(device, rule);
    else this.#save.run(device, rule, state.phase, state.since);
  }

  saveMemory(device: number, rule: string, memory: string): void {
    this.#saveMemory.run(device, rule, memory);
  }

  /** Of a rule that is no longer configured. */
  forget(device: number, rule: string): void {
    this.#remove.run(device, rule);
    this.#removeMemory.run(device, rule);
  }

  /** All rows, by `device id/rule id`. */
  all(): Map<string, RuleRow> {
    const rows = this.#database
      .prepare(
        `SELECT device, rule, phase, since, memory
         FROM rule_state FULL JOIN rule_memory USING (device, rule)`,
      )
      .all();
    return new Map(
      rows.map(({ device, rule, phase, since, memory }) => [
        `${device}/${rule}`,
        {
          device: Number(device),
          rule: String(rule),
          state: toState(phase, since),
          memory: memory === null ? undefined : String(memory),
        },
      ]),
    );
  }

  /** The readings of a series that rules with a memory saw, newest first, back to `since`. */
  *seen(series: SeriesState, since: Millis): Generator<Observation> {
    for (const { time, value } of this.#seen.iterate(series.id, since)) {
      yield { time: Number(time), value: Number(value) };
    }
  }
}

/** Whether a rule with a memory sees a reading that is in order and fresh. */
export const isSeen = (quality: number): boolean => (quality & UNSEEN) === 0;

function toState(phase: unknown, since: unknown): RuleState | undefined {
  if (phase !== 'pending' && phase !== 'active' && phase !== 'clearing') return undefined;
  return { phase, since: Number(since) };
}
