import type { Core } from '../core.ts';
import type { Forwarder } from './forwarder.ts';

/** The fields of the measurement `gateway`; what counts begins at 0 when the gateway starts. */
export function ownFigures(
  core: Core,
  forwarder: Forwarder,
  now: number,
  { ok, clients }: { ok: boolean; clients: number | undefined },
) {
  const { pipeline, outbox, store } = core;
  const { messages, readings, duplicates, late, refused, transactions } = pipeline.counters;
  const { waiting, oldest, lag } = forwarder.status();
  const { written, refused: influxRefused, dropped } = forwarder.counters;
  return {
    ok,
    ...{ messages, readings, duplicates, late, refused, transactions },
    waiting: pipeline.waiting,
    dead_letters: pipeline.deadLetters.kept,
    clients,
    open_alarms: store.allOpen().length,
    notifications_pending: outbox.pending(now).count,
    outbox_rows: waiting,
    outbox_age_ms: oldest,
    influx_lag_ms: lag,
    influx_written: written,
    influx_refused: influxRefused,
    influx_dropped: dropped,
    memory_bytes: process.memoryUsage.rss(),
  };
}
