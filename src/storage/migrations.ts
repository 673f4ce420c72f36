/**
 * The database's history, oldest first. A landed migration is never edited: a change is a new one.
 * Times are milliseconds since 1970 UTC. Booleans are 0 and 1.
 */
export const migrations: readonly string[] = [
  `
  -- one row a run of the gateway; the gaps between rows are when nobody listened
  CREATE TABLE run (started INTEGER PRIMARY KEY, alive INTEGER NOT NULL) STRICT;

  CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE device (
    id INTEGER PRIMARY KEY,
    campus TEXT NOT NULL,
    name TEXT NOT NULL,
    added INTEGER NOT NULL,
    UNIQUE (campus, name)
  ) STRICT;

  CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    device INTEGER NOT NULL REFERENCES device (id),
    metric TEXT NOT NULL,
    UNIQUE (device, metric)
  ) STRICT;

  -- the identity of a reading is its series and event time; quality: see pipeline/quality.ts
  CREATE TABLE reading (
    series INTEGER NOT NULL,
    time INTEGER NOT NULL,
    value REAL NOT NULL,
    received INTEGER NOT NULL,
    quality INTEGER NOT NULL,
    PRIMARY KEY (series, time)
  ) STRICT, WITHOUT ROWID;

  -- hour: hours since 1970 UTC; first and last by event time
  CREATE TABLE hourly (
    series INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    count INTEGER NOT NULL,
    min REAL NOT NULL,
    max REAL NOT NULL,
    mean REAL NOT NULL,
    first REAL NOT NULL,
    last REAL NOT NULL,
    PRIMARY KEY (series, hour)
  ) STRICT, WITHOUT ROWID;

  -- hours that have readings their roll-up does not know yet
  CREATE TABLE open_hour (
    hour INTEGER NOT NULL,
    series INTEGER NOT NULL,
    PRIMARY KEY (hour, series)
  ) STRICT, WITHOUT ROWID;

  -- rules that are not in their normal state
  CREATE TABLE rule_state (
    device INTEGER NOT NULL REFERENCES device (id),
    rule TEXT NOT NULL,
    phase TEXT NOT NULL CHECK (phase IN ('pending', 'active', 'clearing')),
    since INTEGER NOT NULL,
    PRIMARY KEY (device, rule)
  ) STRICT, WITHOUT ROWID;

  -- device, zone and texts stand as they were when it was raised
  CREATE TABLE alarm (
    id INTEGER PRIMARY KEY,
    campus TEXT NOT NULL,
    device TEXT NOT NULL,
    rule TEXT NOT NULL,
    severity TEXT NOT NULL,
    latched INTEGER NOT NULL,
    metric TEXT,
    value REAL,
    alarm_limit REAL,
    unit TEXT NOT NULL,
    title TEXT NOT NULL,
    action TEXT NOT NULL,
    device_name TEXT NOT NULL,
    zone TEXT NOT NULL,
    since INTEGER NOT NULL,
    raised INTEGER NOT NULL,
    occurrences INTEGER NOT NULL DEFAULT 1,
    acknowledged INTEGER,
    acknowledged_by TEXT,
    cleared INTEGER,
    closed INTEGER,
    closed_by TEXT,
    close_reason TEXT
  ) STRICT;
  -- one open alarm per device and rule
  CREATE UNIQUE INDEX alarm_open ON alarm (campus, device, rule) WHERE closed IS NULL;
  CREATE INDEX alarm_raised ON alarm (raised);

  -- append-only: the life of each alarm
  CREATE TABLE alarm_event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    alarm INTEGER NOT NULL REFERENCES alarm (id),
    time INTEGER NOT NULL,
    event TEXT NOT NULL,
    person TEXT,
    detail TEXT
  ) STRICT;
  CREATE INDEX alarm_event_alarm ON alarm_event (alarm);

  -- what is owed to people; state: pending, sent, failed, obsolete;
  -- urgency 0 is sent first; used: when its acknowledgement link was used
  CREATE TABLE notification (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    alarm INTEGER NOT NULL REFERENCES alarm (id),
    event TEXT NOT NULL,
    person TEXT,
    person_name TEXT,
    channel TEXT NOT NULL,
    created INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending',
    attempts INTEGER NOT NULL DEFAULT 0,
    due INTEGER NOT NULL,
    urgency INTEGER NOT NULL,
    value REAL,
    used INTEGER
  ) STRICT;
  CREATE INDEX notification_due ON notification (urgency, due) WHERE state = 'pending';
  CREATE INDEX notification_alarm ON notification (alarm);

  -- the delivery log: every attempt and its outcome
  CREATE TABLE delivery (
    id INTEGER PRIMARY KEY,
    notification INTEGER NOT NULL REFERENCES notification (id),
    time INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT NOT NULL
  ) STRICT;
  CREATE INDEX delivery_notification ON delivery (notification);

  CREATE TABLE dead_letter (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    received INTEGER NOT NULL,
    topic TEXT NOT NULL,
    payload BLOB NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL
  ) STRICT;

  CREATE TABLE credential (username TEXT PRIMARY KEY, hash TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  -- what a line to InfluxDB begins with, for readings of a series received since then: a device that
  -- moves gets a new one, and what was sent before stays the same point when it is sent again
  CREATE TABLE influx_head (
    id INTEGER PRIMARY KEY,
    series INTEGER NOT NULL REFERENCES series (id),
    since INTEGER NOT NULL,
    head TEXT NOT NULL,
    is_boolean INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX influx_head_series ON influx_head (series, since);

  -- what InfluxDB has not confirmed yet, in order; id: the number of the last line of the row, so that
  -- two ids tell how many lines lie between; body: packed readings (see influx/packed.ts) or lines
  CREATE TABLE influx_outbox (
    id INTEGER PRIMARY KEY,
    lines INTEGER NOT NULL,
    created INTEGER NOT NULL,
    body ANY NOT NULL
  ) STRICT;
  `,
  `
  -- a message about no alarm, once for each occasion: the daily report of a day, a change of shift;
  -- title, text and brief are JSON in both languages
  CREATE TABLE notice (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    campus TEXT NOT NULL,
    kind TEXT NOT NULL,
    occasion TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    brief TEXT NOT NULL,
    created INTEGER NOT NULL,
    UNIQUE (campus, kind, occasion)
  ) STRICT;

  -- a notification is about an alarm or a notice: its alarm may be NULL now
  DROP INDEX notification_alarm;
  ALTER TABLE notification RENAME COLUMN alarm TO about_alarm;
  ALTER TABLE notification ADD COLUMN alarm INTEGER REFERENCES alarm (id);
  ALTER TABLE notification ADD COLUMN notice INTEGER REFERENCES notice (id);
  UPDATE notification SET alarm = about_alarm;
  ALTER TABLE notification DROP COLUMN about_alarm;
  CREATE INDEX notification_alarm ON notification (alarm);
  CREATE INDEX notification_notice ON notification (notice) WHERE notice IS NOT NULL;
  `,
  `
  -- the notification whose channel could not send and for which this one does; a notification whose
  -- successor was sent is 'replaced'
  ALTER TABLE notification ADD COLUMN takes_over INTEGER REFERENCES notification (id);
  `,
  `
  -- replies of people by the vendor's id: one that is delivered again acknowledges nothing else
  CREATE TABLE reply (id TEXT PRIMARY KEY, time INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  -- the lifecycle of alarms: see alarms/alarm.ts
  ALTER TABLE alarm ADD COLUMN acknowledged_until INTEGER;
  ALTER TABLE alarm ADD COLUMN expired INTEGER;
  ALTER TABLE alarm ADD COLUMN assigned INTEGER;
  ALTER TABLE alarm ADD COLUMN assigned_to TEXT;
  ALTER TABLE alarm ADD COLUMN shelved_until INTEGER;
  ALTER TABLE alarm ADD COLUMN disposition TEXT;

  -- what an event says, so that an alarm's row can be told from its history
  ALTER TABLE alarm_event ADD COLUMN severity TEXT;
  ALTER TABLE alarm_event ADD COLUMN value REAL;
  ALTER TABLE alarm_event ADD COLUMN alarm_limit REAL;
  ALTER TABLE alarm_event ADD COLUMN since INTEGER;
  ALTER TABLE alarm_event ADD COLUMN until INTEGER;
  ALTER TABLE alarm_event ADD COLUMN assignee TEXT;
  ALTER TABLE alarm_event ADD COLUMN disposition TEXT;
  CREATE TRIGGER alarm_event_stays_as_written BEFORE UPDATE ON alarm_event
    BEGIN SELECT RAISE(ABORT, 'the history of alarms is append-only'); END;
  CREATE TRIGGER alarm_event_stays BEFORE DELETE ON alarm_event
    BEGIN SELECT RAISE(ABORT, 'the history of alarms is append-only'); END;
  CREATE INDEX alarm_acknowledged_until ON alarm (acknowledged_until)
    WHERE acknowledged_until IS NOT NULL;

  -- alarm: the only one it is for; else whatever the rule raises
  CREATE TABLE shelf (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    campus TEXT NOT NULL,
    device TEXT NOT NULL,
    rule TEXT NOT NULL,
    alarm INTEGER REFERENCES alarm (id),
    person TEXT NOT NULL,
    reason TEXT NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL,
    ended INTEGER,
    ended_by TEXT
  ) STRICT;
  CREATE UNIQUE INDEX shelf_open ON shelf (campus, device, rule) WHERE ended IS NULL;
  CREATE INDEX shelf_until ON shelf (until) WHERE ended IS NULL;

  -- until: excluded; those that campus.yaml declares are not in here
  CREATE TABLE out_of_service (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    campus TEXT NOT NULL,
    device TEXT NOT NULL,
    person TEXT NOT NULL,
    reason TEXT NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL,
    ended INTEGER,
    ended_by TEXT
  ) STRICT;
  `,
  `
  -- what a rule must remember and stored readings don't tell (JSON): onsets, stretches beyond a limit
  CREATE TABLE rule_memory (
    device INTEGER NOT NULL REFERENCES device (id),
    rule TEXT NOT NULL,
    memory TEXT NOT NULL,
    PRIMARY KEY (device, rule)
  ) STRICT, WITHOUT ROWID;
  `,
  `
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
  `,
  `
  -- what was used by the meters, made of their readings; hour: hours since 1970 UTC; estimated: the part
  -- of the amount that is spread over a long gap; measured: milliseconds of the hour that were measured
  CREATE TABLE consumption_hour (
    series INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    amount REAL NOT NULL,
    estimated REAL NOT NULL,
    measured INTEGER NOT NULL,
    PRIMARY KEY (series, hour)
  ) STRICT, WITHOUT ROWID;

  -- settled points from which a register can be read again, the first of each hour, and the hour so far
  CREATE TABLE register_mark (
    series INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    time INTEGER NOT NULL,
    value REAL NOT NULL,
    level REAL NOT NULL,
    epoch INTEGER NOT NULL,
    amount REAL NOT NULL,
    estimated REAL NOT NULL,
    measured INTEGER NOT NULL,
    PRIMARY KEY (series, hour)
  ) STRICT, WITHOUT ROWID;

  -- the ratios and replacements with which a meter's figures were made
  CREATE TABLE register_epochs (series INTEGER PRIMARY KEY, epochs TEXT NOT NULL) STRICT;

  -- what a person may ask about a figure: held, rejected, estimated, revised …
  CREATE TABLE quality_record (
    id INTEGER PRIMARY KEY,
    series INTEGER NOT NULL,
    kind TEXT NOT NULL,
    from_time INTEGER NOT NULL,
    to_time INTEGER NOT NULL,
    amount REAL NOT NULL,
    readings INTEGER NOT NULL,
    before REAL NOT NULL,
    found REAL NOT NULL,
    recorded INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX quality_record_time ON quality_record (series, to_time);

  -- declared by a person; those of campus.yaml are not here
  CREATE TABLE replacement (
    series INTEGER NOT NULL REFERENCES series (id),
    at INTEGER NOT NULL,
    old_final REAL NOT NULL,
    new_initial REAL NOT NULL,
    new_serial TEXT,
    multiplier REAL,
    digits INTEGER,
    recorded INTEGER NOT NULL,
    PRIMARY KEY (series, at)
  ) STRICT, WITHOUT ROWID;

  -- amounts that a person adds to the figures or takes off, evenly between two moments
  CREATE TABLE correction (
    id INTEGER PRIMARY KEY,
    series INTEGER NOT NULL REFERENCES series (id),
    from_time INTEGER NOT NULL,
    to_time INTEGER NOT NULL,
    amount REAL NOT NULL,
    reason TEXT NOT NULL,
    person TEXT NOT NULL,
    recorded INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX correction_time ON correction (series, to_time);
  `,
];
