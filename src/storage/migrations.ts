import { CANTEEN_TABLES } from '../canteen/tables.ts';
import { BASELINE_TABLES } from '../energy/baseline-tables.ts';
import { DAY_TABLES } from '../energy/day-tables.ts';
import { ENERGY_TABLES } from '../energy/tables.ts';
import { TARGET_TABLES } from '../energy/target/tables.ts';

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
  CANTEEN_TABLES,
  ENERGY_TABLES,
  `
  -- grouping: notifications of one grouping, person and channel that fall due together are said in one
  -- message; NULL: alone. message: the id of the notification that leads it, and names the message
  -- for ever; the others wait in the state "joined"
  ALTER TABLE notification ADD COLUMN grouping TEXT;
  ALTER TABLE notification ADD COLUMN message INTEGER;
  CREATE INDEX notification_grouping ON notification (grouping, channel, person, due)
    WHERE grouping IS NOT NULL;
  CREATE INDEX notification_message ON notification (message) WHERE message IS NOT NULL;
  CREATE INDEX notification_ungrouped ON notification (due)
    WHERE state = 'pending' AND grouping IS NOT NULL AND message IS NULL;

  -- suppressed_by: the alarm that explains a device's silence; release_at: when it is told of unless
  -- the device is heard of; unstable_until: it comes and goes, and is told of when quiet until then
  ALTER TABLE alarm ADD COLUMN suppressed_by INTEGER REFERENCES alarm (id);
  ALTER TABLE alarm ADD COLUMN release_at INTEGER;
  ALTER TABLE alarm ADD COLUMN unstable_until INTEGER;
  ALTER TABLE alarm ADD COLUMN drill INTEGER REFERENCES drill (id);
  -- of "suppressed": what explains it; of "raised": the drill in which it was
  ALTER TABLE alarm_event ADD COLUMN cause INTEGER;
  ALTER TABLE alarm_event ADD COLUMN drill INTEGER;
  CREATE INDEX alarm_suppressed ON alarm (suppressed_by) WHERE suppressed_by IS NOT NULL;
  CREATE INDEX alarm_release ON alarm (release_at) WHERE release_at IS NOT NULL;
  CREATE INDEX alarm_unstable ON alarm (unstable_until) WHERE unstable_until IS NOT NULL;
  CREATE INDEX alarm_drill ON alarm (drill) WHERE drill IS NOT NULL;
  CREATE INDEX alarm_event_time ON alarm_event (time);
  -- those of one source that are open or were so lately
  CREATE INDEX alarm_recent ON alarm (campus, device, rule, coalesce(closed, 9223372036854775807));

  CREATE TABLE drill (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    campus TEXT NOT NULL,
    zone TEXT NOT NULL,
    kind TEXT NOT NULL,
    person TEXT NOT NULL,
    started INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    ended INTEGER,
    ended_by TEXT
  ) STRICT;
  CREATE INDEX drill_running ON drill (campus, ends) WHERE ended IS NULL;
  `,
  BASELINE_TABLES,
  `
  -- what a part of the gateway adds to an alarm's words ({zh, en})
  ALTER TABLE alarm ADD COLUMN detail TEXT;
  `,
  `
  -- remind_at: when people are told again, unless somebody acknowledges before; reminded: when last
  ALTER TABLE alarm ADD COLUMN remind_at INTEGER;
  ALTER TABLE alarm ADD COLUMN reminded INTEGER;
  CREATE INDEX alarm_remind ON alarm (remind_at)
    WHERE remind_at IS NOT NULL AND acknowledged IS NULL AND closed IS NULL;
  `,
  TARGET_TABLES,
  DAY_TABLES,
  `
  -- a broker had played it back from its store of retained messages: it rings nobody, now or later
  ALTER TABLE dead_letter ADD COLUMN replayed INTEGER NOT NULL DEFAULT 0;
  `,
];
