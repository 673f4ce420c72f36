import type { DatabaseSync } from 'node:sqlite';
import { attachmentsOf, verifyAttachments } from './attachments.ts';
import { type Entry, hashOf, toEntry } from './ledger.ts';

/** One ledger of one campus. Whoever notes its head elsewhere can prove later that nothing is gone. */
export interface Chain {
  campus: string;
  ledger: string;
  entries: number;
  /** The hash of the newest entry. */
  head: string;
}

/** The first entry that is not as it was written. */
export interface BrokenEntry {
  campus: string;
  ledger: string;
  position: number;
  id: string;
  /** changed: its content or its hash; missing: an entry before it, or the newest of all. */
  problem: 'changed' | 'missing';
}

export interface LedgerAudit {
  entries: number;
  chains: Chain[];
  broken: BrokenEntry | undefined;
}

export interface Audit extends LedgerAudit {
  /** Hashes of attachments that are gone or not as they were. */
  brokenFiles: string[];
}

/** Proves the ledgers and the attachments they name. */
export const auditLedgers = (connection: DatabaseSync, databaseFile: string): Audit => ({
  ...verifyLedgers(connection),
  brokenFiles: verifyAttachments(connection, attachmentsOf(databaseFile)),
});

/**
 * Recomputes every hash of every ledger and names the first broken entry. Entries are numbered
 * without a gap over all ledgers, and SQLite remembers the greatest number ever given, so a removed
 * one is missed too. What it cannot see is a whole ledger written anew: the heads, noted elsewhere,
 * can.
 */
export function verifyLedgers(connection: DatabaseSync): LedgerAudit {
  const chains = new Map<string, Chain>();
  let entries = 0;
  let last: Entry | undefined;
  const audit = (broken?: BrokenEntry): LedgerAudit => ({
    entries,
    chains: [...chains.values()],
    broken,
  });
  const rows = connection.prepare('SELECT * FROM ledger_entry ORDER BY number').iterate();
  for (const row of rows) {
    const { hash, ...entry } = toEntry(row);
    const { campus, ledger, position, id } = entry;
    const key = JSON.stringify([campus, ledger]);
    const chain = chains.get(key) ?? { campus, ledger, entries: 0, head: '' };
    const here = { campus, ledger, position, id };
    if (entry.number !== entries + 1) return audit({ ...here, problem: 'missing' });
    if (hash !== hashOf(entry, chain.head)) return audit({ ...here, problem: 'changed' });
    // a wrong position has a wrong hash, unless the entry before it is gone
    if (position !== chain.entries + 1) return audit({ ...here, problem: 'missing' });
    entries += 1;
    last = { ...entry, hash };
    chains.set(key, { campus, ledger, entries: position, head: hash });
  }
  const given = connection
    .prepare("SELECT seq FROM sqlite_sequence WHERE name = 'ledger_entry'")
    .get();
  if (given && Number(given.seq) !== entries) {
    const { campus = '', ledger = '', position = 0, id = '' } = last ?? {};
    return audit({ campus, ledger, position, id, problem: 'missing' });
  }
  return audit();
}
