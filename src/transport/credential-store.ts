import type { Database } from '../storage/database.ts';
import { hashPassword } from './credentials.ts';

/** Who may connect: user names with the scrypt hashes of their passwords. */
export interface CredentialStore {
  /** The stored hash. */
  lookup(username: string): string | undefined;
  /** Sets a user's password. */
  save(username: string, password: string): Promise<void>;
  usernames(): string[];
}

export function createCredentialStore(database: Database): CredentialStore {
  const lookup = database.prepare('SELECT hash FROM credential WHERE username = ?');
  const save = database.prepare(
    'INSERT INTO credential VALUES (?, ?) ON CONFLICT (username) DO UPDATE SET hash = excluded.hash',
  );
  const usernames = database.prepare('SELECT username FROM credential ORDER BY username');
  return {
    lookup(username) {
      const row = lookup.get(username);
      return row && String(row.hash);
    },
    async save(username, password) {
      save.run(username, await hashPassword(password));
    },
    usernames: () => usernames.all().map((row) => String(row.username)),
  };
}
