import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import type { Alarm } from '../alarms/store.ts';
import type { Configuration } from '../campus/model.ts';
import { type Millis, VirtualClock } from '../clock.ts';
import { Core } from '../core.ts';
import { CodedError, type Text } from '../errors.ts';
import type { Channel } from '../notify/channel.ts';
import { Notifier } from '../notify/notifier.ts';
import { type CsvReading, readCsv } from './csv.ts';

/** One line of a replay's output. */
export interface ReplayEvent {
  /** ISO 8601. */
  time: string;
  event: string;
  device: string;
  rule: string;
  severity: string;
  metric: string | null;
  value: number | null;
  limit: number | null;
  /** What more is known: a cause, a cost. */
  detail?: Text;
  /** Of a notification: whom it would have reached, and how. */
  person?: string | null;
  channel?: string;
}

export interface ReplayResult {
  rows: number;
  refused: number;
  /** Not newer than an earlier line of the same series, so they could judge nothing. */
  late: number;
}

/** Says of every message that it was sent, at once. */
const reachesEverybody: Channel = {
  name: 'replay',
  kind: 'webhook',
  send: () => Promise.resolve({ kind: 'sent', detail: 'replay' }),
};

/**
 * Sends recorded readings through the same pipeline, rules and roster as live ones, on a clock that
 * follows the file, into a database that is thrown away afterwards. Throws CSV_HEADING.
 */
export async function replay(
  configuration: Configuration,
  source: Readable,
  log: Logger,
  onEvent: (event: ReplayEvent) => void,
  onRefused: (line: number, error: CodedError) => void,
): Promise<ReplayResult> {
  const folder = mkdtempSync(join(tmpdir(), 'campus-replay-'));
  const clock = new VirtualClock(0);
  let hasNews = false;
  // devices are spoken of as the file does: with or without their campus
  const names = new Map<string, string>();
  const told = (time: number, event: string, alarm: Alarm, value: number | undefined) =>
    toEvent(time, event, names.get(`${alarm.campus}/${alarm.device}`), alarm, value);
  const core = new Core({
    file: join(folder, 'replay.db'),
    clock,
    log,
    configuration,
    onAlarmEvents(events) {
      hasNews = true;
      for (const { time, event, alarm } of events) onEvent(told(time, event, alarm, alarm.value));
    },
  });
  // nothing here must survive a power cut, and nobody else opens it
  core.database.connection.exec(
    'PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE;',
  );
  const notifier = new Notifier({
    outbox: core.outbox,
    clock,
    log,
    linkSecret: 'replay',
    baseUrl: () => '',
    alarm: (id) => core.store.get(id),
    notice: (id) => core.notices.get(id),
    campus: (id) => core.campus(id),
    channel: () => reachesEverybody,
    onAttempt({ personName, value }, alarm) {
      const said = told(clock.now(), 'notified', alarm, value);
      onEvent({ ...said, person: personName ?? null, channel: 'webhook' });
    },
  });
  const notify = async () => {
    while (hasNews) {
      hasNews = false;
      notifier.kick();
      await notifier.settled();
    }
  };

  /** Stops at every timer on the way, so that what it owes is sent at its own time. */
  const moveTo = async (time: Millis) => {
    for (let next = clock.next(); next !== undefined && next <= time; next = clock.next()) {
      clock.moveTo(next);
      await notify();
      // the notifier's own timer may have been the one
      await notifier.settled();
    }
    clock.moveTo(time);
  };

  const result: ReplayResult = { rows: 0, refused: 0, late: 0 };
  const refuse = (line: number, error: CodedError) => {
    result.refused += 1;
    onRefused(line, error);
  };
  let moment: CsvReading[] = [];
  /** Lines of one moment make one transaction; the clock is moved before it, so timers run first. */
  const flush = async () => {
    const [first] = moment;
    if (!first) return;
    if (clock.now() === 0) begin(core, clock, first.time);
    await moveTo(first.time);
    core.pipeline.transact(() => {
      for (const { line, time, device, metric, value } of moment) {
        const points = [{ time, values: [[metric, value]] as const }];
        for (const refusal of core.pipeline.admit(device, points, clock.now(), 0)) {
          refuse(line, new CodedError(refusal.code, refusal.params));
        }
      }
    });
    await notify();
    moment = [];
  };

  try {
    for await (const row of readCsv(source, core.catalogue)) {
      result.rows += 1;
      if ('error' in row) {
        refuse(row.line, row.error);
        continue;
      }
      if (moment.length > 0 && moment[0]?.time !== row.time) await flush();
      names.set(row.device.device.key, row.name);
      moment.push(row);
    }
    await flush();
    result.late = core.pipeline.counters.late;
  } finally {
    await notifier.stop();
    core.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return result;
}

/** Lets the devices be known since the first line, so that silence counts from there. */
function begin(core: Core, clock: VirtualClock, time: number): void {
  core.engine.stop();
  clock.moveTo(time);
  core.database.prepare('UPDATE device SET added = ?').run(time);
  for (const state of core.catalogue.devices.values()) state.added = time;
  core.engine.follow();
}

function toEvent(
  time: number,
  event: string,
  name: string | undefined,
  alarm: Alarm,
  value: number | undefined,
): ReplayEvent {
  const { campus, device, rule, severity, metric, limit, detail } = alarm;
  return {
    time: new Date(time).toISOString(),
    event,
    device: name ?? (campus === '' ? device : `${campus}/${device}`),
    rule,
    severity,
    metric: metric ?? null,
    value: value ?? null,
    limit: limit ?? null,
    ...(detail ? { detail } : {}),
  };
}
