/** Daily figures of meters: a migration that has landed, never to be edited. */
export const DAY_TABLES = `
  -- consumption_hour by the days of the campus; day: days since 1970-01-01; hours: those with a figure
  CREATE TABLE consumption_day (
    series INTEGER NOT NULL,
    day INTEGER NOT NULL,
    amount REAL NOT NULL,
    estimated REAL NOT NULL,
    measured INTEGER NOT NULL,
    hours INTEGER NOT NULL,
    PRIMARY KEY (series, day)
  ) STRICT, WITHOUT ROWID;

  -- the time zone in which a series's days were made
  CREATE TABLE consumption_zone (series INTEGER PRIMARY KEY, timezone TEXT NOT NULL) STRICT;
`;
