import type { StatementSync } from 'node:sqlite';
import type { Millis } from '../clock.ts';
import { parseText, type Text } from '../errors.ts';
import type { Database } from '../storage/database.ts';
import type { Addressee } from './escalation.ts';
import type { Delivered } from './notification.ts';
import type { NotificationOutbox } from './outbox.ts';

export const NOTICE_KINDS = [
  'daily-report',
  'heartbeat',
  'hand-over',
  'licences',
  'missing',
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** A message about no alarm, as it was written. */
export interface Notice {
  id: number;
  campus: string;
  kind: NoticeKind;
  /** What makes it the only one of its kind: the day of a report, the moment of a hand-over. */
  occasion: string;
  title: Text;
  text: Text;
  /** What fits into the value of an SMS template. */
  brief: Text;
  created: Millis;
}

/** The notices that were sent, each once for its occasion. */
export class Notices {
  readonly #outbox: NotificationOutbox;
  readonly #insert: StatementSync;
  readonly #find: StatementSync;
  readonly #latest: StatementSync;
  readonly #get: StatementSync;
  readonly #list: StatementSync;

  constructor(database: Database, outbox: NotificationOutbox) {
    this.#outbox = outbox;
    this.#insert = database.prepare(
      `INSERT INTO notice (campus, kind, occasion, title, text, brief, created)
       VALUES (:campus, :kind, :occasion, :title, :text, :brief, :created)
       ON CONFLICT (campus, kind, occasion) DO NOTHING`,
    );
    this.#find = database.prepare(
      'SELECT id FROM notice WHERE campus = ? AND kind = ? AND occasion = ?',
    );
    this.#latest = database.prepare(
      'SELECT occasion FROM notice WHERE campus = ? AND kind = ? ORDER BY id DESC LIMIT 1',
    );
    this.#get = database.prepare('SELECT * FROM notice WHERE id = ?');
    this.#list = database.prepare('SELECT * FROM notice WHERE campus = ? ORDER BY id DESC LIMIT ?');
  }

  isFiled({ campus, kind, occasion }: Pick<Notice, 'campus' | 'kind' | 'occasion'>): boolean {
    return this.#find.get(campus, kind, occasion) !== undefined;
  }

  /** The occasion of the newest of a kind. */
  latest(campus: string, kind: NoticeKind): string | undefined {
    const row = this.#latest.get(campus, kind);
    return row && String(row.occasion);
  }

  /**
   * Files a notice and writes what it owes, in the transaction under way. Does nothing where one was
   * filed for the same occasion.
   */
  file(notice: Omit<Notice, 'id'>, to: readonly Addressee[]): void {
    const { title, text, brief, ...rest } = notice;
    const words = {
      title: JSON.stringify(title),
      text: JSON.stringify(text),
      brief: JSON.stringify(brief),
    };
    const { changes, lastInsertRowid } = this.#insert.run({ ...rest, ...words });
    if (changes === 0) return;
    this.#outbox.planNotice(Number(lastInsertRowid), to, notice.created);
  }

  /** Throws where there is none. */
  get(id: number): Notice {
    const row = this.#get.get(id);
    if (!row) throw new Error(`no notice ${id}`);
    return toNotice(row);
  }

  /** Newest first, with what became of them. */
  list(campus: string, limit: number): (Notice & { notifications: Delivered[] })[] {
    return this.#list.all(campus, limit).map((row) => {
      const notice = toNotice(row);
      return { ...notice, notifications: this.#outbox.ofNotice(notice.id) };
    });
  }
}

function toNotice(row: Record<string, unknown>): Notice {
  return {
    id: Number(row.id),
    campus: String(row.campus),
    kind: NOTICE_KINDS.find((kind) => kind === row.kind) ?? 'daily-report',
    occasion: String(row.occasion),
    title: parseText(row.title),
    text: parseText(row.text),
    brief: parseText(row.brief),
    created: Number(row.created),
  };
}
