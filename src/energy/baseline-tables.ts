/** What the target is compared with: a migration that has landed, never to be edited. */
export const BASELINE_TABLES = `
  -- bills as they were imported; a wrong one is withdrawn, never changed. Days are YYYY-MM-DD, both
  -- included; account: the customer number, '' where the school has one connection only
  CREATE TABLE bill (
    id TEXT PRIMARY KEY,
    campus TEXT NOT NULL,
    utility TEXT NOT NULL,
    account TEXT NOT NULL,
    from_day TEXT NOT NULL,
    to_day TEXT NOT NULL,
    amount REAL NOT NULL,
    cost REAL,
    source TEXT NOT NULL,
    person TEXT NOT NULL,
    imported INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX bill_period ON bill (campus, utility, from_day);
  CREATE TABLE bill_withdrawal (
    bill TEXT PRIMARY KEY REFERENCES bill (id),
    reason TEXT NOT NULL,
    person TEXT NOT NULL,
    recorded INTEGER NOT NULL
  ) STRICT;
  CREATE TRIGGER bill_stays_as_written BEFORE UPDATE ON bill
    BEGIN SELECT RAISE(ABORT, 'a bill is never changed'); END;
  CREATE TRIGGER bill_stays BEFORE DELETE ON bill
    BEGIN SELECT RAISE(ABORT, 'a bill is never removed'); END;
  CREATE TRIGGER bill_withdrawal_stays_as_written BEFORE UPDATE ON bill_withdrawal
    BEGIN SELECT RAISE(ABORT, 'a withdrawal is never changed'); END;
  CREATE TRIGGER bill_withdrawal_stays BEFORE DELETE ON bill_withdrawal
    BEGIN SELECT RAISE(ABORT, 'a withdrawal is never removed'); END;

  -- adjustments of the baseline; counters: the entry that this one takes back
  CREATE TABLE adjustment (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    campus TEXT NOT NULL,
    utility TEXT NOT NULL,
    from_day TEXT NOT NULL,
    to_day TEXT NOT NULL,
    per_day REAL NOT NULL,
    reason TEXT NOT NULL,
    approver TEXT NOT NULL,
    counters INTEGER UNIQUE REFERENCES adjustment (id),
    recorded INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX adjustment_period ON adjustment (campus, utility, from_day);
  CREATE TRIGGER adjustment_stays_as_written BEFORE UPDATE ON adjustment
    BEGIN SELECT RAISE(ABORT, 'an adjustment is never changed'); END;
  CREATE TRIGGER adjustment_stays BEFORE DELETE ON adjustment
    BEGIN SELECT RAISE(ABORT, 'an adjustment is never removed'); END;
`;
