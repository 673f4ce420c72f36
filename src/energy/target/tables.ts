/** Target figures as they were told: a migration that has landed, never to be edited. */
export const TARGET_TABLES = `
  -- each figure of a period (YYYY-MM-DD, both days included) as it was reported, and again whenever it
  -- had changed: amounts in kWh or m³, change and goal in %, coverage 0–1
  CREATE TABLE target_report (
    campus TEXT NOT NULL,
    target TEXT NOT NULL,
    from_day TEXT NOT NULL,
    to_day TEXT NOT NULL,
    reported INTEGER NOT NULL,
    actual REAL NOT NULL,
    baseline REAL NOT NULL,
    change REAL,
    goal REAL NOT NULL,
    coverage_actual REAL NOT NULL,
    coverage_baseline REAL NOT NULL,
    verdict TEXT NOT NULL,
    PRIMARY KEY (campus, target, from_day, to_day, reported)
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER target_report_stays_as_written BEFORE UPDATE ON target_report
    BEGIN SELECT RAISE(ABORT, 'a reported figure is never changed'); END;
  CREATE TRIGGER target_report_stays BEFORE DELETE ON target_report
    BEGIN SELECT RAISE(ABORT, 'a reported figure is never removed'); END;
`;
