/** The part of the database that meters need: a migration that has landed, never to be edited. */
export const ENERGY_TABLES = `
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
`;
