/** The canteen's part of the database: a migration that has landed, never to be edited. */
export const CANTEEN_TABLES = `
  -- the canteen's ledgers: append-only, hash-chained (canteen/ledger.ts); position: 1, 2, 3 … in the
  -- chain of its campus and ledger; body: canonical JSON
  CREATE TABLE ledger_entry (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    campus TEXT NOT NULL,
    ledger TEXT NOT NULL,
    position INTEGER NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    time INTEGER NOT NULL,
    recorded INTEGER NOT NULL,
    person TEXT NOT NULL,
    reason TEXT,
    body TEXT NOT NULL,
    hash TEXT NOT NULL,
    UNIQUE (campus, ledger, position),
    UNIQUE (campus, id)
  ) STRICT;
  CREATE INDEX ledger_entry_subject ON ledger_entry (campus, subject, number);
  CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry
    BEGIN SELECT RAISE(ABORT, 'a ledger entry is never changed'); END;
  CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry
    BEGIN SELECT RAISE(ABORT, 'a ledger entry is never removed'); END;
  -- a REPLACE removes without asking the trigger above
  CREATE TRIGGER ledger_entry_no_replace BEFORE INSERT ON ledger_entry
    WHEN EXISTS (SELECT 1 FROM ledger_entry WHERE number = NEW.number
      OR (campus = NEW.campus AND id = NEW.id)
      OR (campus = NEW.campus AND ledger = NEW.ledger AND position = NEW.position))
    BEGIN SELECT RAISE(ABORT, 'a ledger entry is never replaced'); END;

  -- what follows is worked out from the ledgers and can be rebuilt (canteen/projection.ts).
  -- quantities are thousandths of the batch's unit; days are YYYY-MM-DD, the campus's
  CREATE TABLE supplier (
    campus TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    address TEXT,
    phone TEXT,
    removed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (campus, id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE supplier_licence (
    campus TEXT NOT NULL,
    supplier TEXT NOT NULL,
    place INTEGER NOT NULL,
    number TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT NOT NULL,
    file TEXT,
    PRIMARY KEY (campus, supplier, place)
  ) STRICT, WITHOUT ROWID;

  -- received is absent for a batch that has shown up only in use; code: its barcode or QR code
  CREATE TABLE food_batch (
    campus TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    product TEXT NOT NULL,
    specification TEXT,
    category TEXT,
    quantity INTEGER,
    unit TEXT NOT NULL,
    produced TEXT,
    lot TEXT,
    expires TEXT,
    no_shelf_life INTEGER NOT NULL DEFAULT 0,
    received INTEGER,
    received_day TEXT,
    place TEXT NOT NULL DEFAULT '',
    supplier TEXT,
    temperature REAL,
    sensory_ok INTEGER,
    sensory_note TEXT,
    signed_by TEXT,
    code TEXT,
    first_known INTEGER NOT NULL,
    known_by TEXT NOT NULL,
    remaining INTEGER,
    recall TEXT,
    PRIMARY KEY (campus, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX food_batch_received ON food_batch (campus, received);
  CREATE INDEX food_batch_supplier ON food_batch (campus, supplier, received);
  CREATE INDEX food_batch_code ON food_batch (campus, code) WHERE code IS NOT NULL;
  CREATE INDEX food_batch_recall ON food_batch (campus, recall) WHERE recall IS NOT NULL;
  CREATE INDEX food_batch_stock ON food_batch (campus, id) WHERE remaining > 0;

  CREATE TABLE batch_paper (
    campus TEXT NOT NULL,
    batch TEXT NOT NULL,
    kind TEXT NOT NULL,
    file TEXT NOT NULL,
    number TEXT,
    PRIMARY KEY (campus, batch, kind, file)
  ) STRICT, WITHOUT ROWID;

  -- kind: moved, used, thrown; number: of its ledger entry
  CREATE TABLE stock_movement (
    campus TEXT NOT NULL,
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    batch TEXT NOT NULL,
    kind TEXT NOT NULL,
    time INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    origin TEXT,
    destination TEXT,
    dish TEXT,
    person TEXT NOT NULL,
    reason TEXT,
    reversed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (campus, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX stock_movement_batch ON stock_movement (campus, batch, time);
  CREATE INDEX stock_movement_dish ON stock_movement (campus, dish) WHERE dish IS NOT NULL;
  CREATE INDEX stock_movement_used ON stock_movement (campus, time, batch)
    WHERE kind = 'used' AND reversed = 0;

  -- where a batch lies now, and in which units it lay from when to when
  CREATE TABLE batch_stock (
    campus TEXT NOT NULL,
    batch TEXT NOT NULL,
    place TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    PRIMARY KEY (campus, batch, place)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX batch_stock_place ON batch_stock (campus, place);
  CREATE TABLE batch_stay (
    campus TEXT NOT NULL,
    batch TEXT NOT NULL,
    place TEXT NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER,
    PRIMARY KEY (campus, batch, place, since)
  ) STRICT, WITHOUT ROWID;

  -- classes: a JSON list of names; empty: the whole school ate of it
  CREATE TABLE dish (
    campus TEXT NOT NULL,
    id TEXT NOT NULL,
    day TEXT NOT NULL,
    meal TEXT NOT NULL,
    name TEXT NOT NULL,
    classes TEXT NOT NULL,
    cancelled INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (campus, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX dish_meal ON dish (campus, day, meal);

  CREATE TABLE food_sample (
    campus TEXT NOT NULL,
    id TEXT NOT NULL,
    dish TEXT NOT NULL,
    grams REAL NOT NULL,
    taken INTEGER NOT NULL,
    person TEXT NOT NULL,
    place TEXT NOT NULL,
    disposed INTEGER,
    disposed_by TEXT,
    disposal_reason TEXT,
    PRIMARY KEY (campus, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX food_sample_dish ON food_sample (campus, dish);

  CREATE TABLE food_recall (
    campus TEXT NOT NULL,
    id TEXT NOT NULL,
    time INTEGER NOT NULL,
    person TEXT NOT NULL,
    reason TEXT NOT NULL,
    supplier TEXT,
    lifted INTEGER,
    lifted_by TEXT,
    PRIMARY KEY (campus, id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE trace_drill (
    campus TEXT NOT NULL,
    id TEXT NOT NULL,
    started INTEGER NOT NULL,
    person TEXT NOT NULL,
    topic TEXT NOT NULL,
    finished INTEGER,
    finished_by TEXT,
    findings TEXT,
    PRIMARY KEY (campus, id)
  ) STRICT, WITHOUT ROWID;

  -- files beside the database, named by the SHA-256 of their content; name: as it was called, for people
  CREATE TABLE attachment (
    hash TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    name TEXT,
    added INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;
