import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Millis } from '../../clock.ts';
import type { Text } from '../../errors.ts';
import type { Utility } from '../utility.ts';

export const CAUSES = [
  'revised',
  'replacement',
  'correction',
  'bill',
  'withdrawal',
  'adjustment',
] as const;

/** Something that changes figures of the past. */
export interface Cause {
  kind: (typeof CAUSES)[number];
  recorded: Millis;
  text: Text;
}

/** What was recorded since a moment about some time; days (YYYY-MM-DD) and moments of the same time. */
export interface CauseQuery {
  campus: string;
  utility: Utility;
  unit: string;
  mains: readonly { id: number; name: string }[];
  since: Millis;
  /** Stretches that the figure is made of: this year's and last year's. */
  stretches: readonly { from: string; to: string; start: Millis; end: Millis }[];
  limit: number;
}

const round = (value: number): string => String(Math.round(value * 100) / 100);

/** Reads why a figure is no longer what was reported. */
export class Causes {
  readonly #revised: StatementSync;
  readonly #replaced: StatementSync;
  readonly #corrected: StatementSync;
  readonly #billed: StatementSync;
  readonly #withdrawn: StatementSync;
  readonly #adjusted: StatementSync;

  constructor(connection: Pick<DatabaseSync, 'prepare'>) {
    this.#revised = connection.prepare(
      `SELECT * FROM quality_record WHERE series = ? AND to_time > ? AND from_time < ?
         AND kind = 'revised' AND recorded > ? LIMIT ?`,
    );
    this.#replaced = connection.prepare(
      'SELECT * FROM replacement WHERE series = ? AND at >= ? AND at < ? AND recorded > ? LIMIT ?',
    );
    this.#corrected = connection.prepare(
      `SELECT * FROM correction WHERE series = ? AND to_time > ? AND from_time < ?
         AND recorded > ? LIMIT ?`,
    );
    const touching = 'campus = ? AND utility = ? AND to_day >= ? AND from_day <= ?';
    this.#billed = connection.prepare(
      `SELECT * FROM bill WHERE ${touching} AND imported > ? LIMIT ?`,
    );
    this.#withdrawn = connection.prepare(
      `SELECT bill.*, bill_withdrawal.reason, bill_withdrawal.recorded
       FROM bill JOIN bill_withdrawal ON bill_withdrawal.bill = bill.id
       WHERE ${touching} AND bill_withdrawal.recorded > ? LIMIT ?`,
    );
    this.#adjusted = connection.prepare(
      `SELECT * FROM adjustment WHERE ${touching} AND recorded > ? LIMIT ?`,
    );
  }

  /** In order of time. */
  list({ campus, utility, unit, mains, since, stretches, limit }: CauseQuery): Cause[] {
    const found: Cause[] = [];
    const add = (kind: Cause['kind'], recorded: unknown, zh: string, en: string) =>
      found.push({ kind, recorded: Number(recorded), text: { zh, en } });
    for (const { from, to, start, end } of stretches) {
      for (const { id, name } of mains) {
        for (const row of this.#revised.all(id, start, end, since, limit)) {
          const [before, after] = [round(Number(row.before)), round(Number(row.found))];
          add(
            'revised',
            row.recorded,
            `${name}：补报或登记使用量由 ${before} 改为 ${after} ${unit}`,
            `${name}: late readings or a declaration made ${before} into ${after} ${unit}`,
          );
        }
        for (const row of this.#replaced.all(id, start, end, since, limit)) {
          add(
            'replacement',
            row.recorded,
            `${name}：登记换表`,
            `${name}: a replacement was declared`,
          );
        }
        for (const row of this.#corrected.all(id, start, end, since, limit)) {
          const amount = round(Number(row.amount));
          const why = `${row.reason}, ${row.person}`;
          add(
            'correction',
            row.recorded,
            `${name}：更正 ${amount} ${unit}（${row.reason}，${row.person}）`,
            `${name}: corrected by ${amount} ${unit} (${why})`,
          );
        }
      }
      const about = [campus, utility, from, to, since, limit] as const;
      for (const row of this.#billed.all(...about)) {
        const what = `${row.from_day}–${row.to_day}`;
        const amount = `${round(Number(row.amount))} ${unit}`;
        add('bill', row.imported, `导入账单 ${what}：${amount}`, `Bill of ${what}: ${amount}`);
      }
      for (const row of this.#withdrawn.all(...about)) {
        const what = `${row.from_day}–${row.to_day}`;
        add(
          'withdrawal',
          row.recorded,
          `撤回账单 ${what}：${row.reason}`,
          `The bill of ${what} was withdrawn: ${row.reason}`,
        );
      }
      for (const row of this.#adjusted.all(...about)) {
        const what = `${round(Number(row.per_day))} ${unit}`;
        add(
          'adjustment',
          row.recorded,
          `调整基准：每日 ${what}（${row.reason}）；只影响调整后的数`,
          `Adjustment of ${what} a day (${row.reason}); only the adjusted figure`,
        );
      }
    }
    return found.sort((a, b) => a.recorded - b.recorded).slice(-limit);
  }
}
