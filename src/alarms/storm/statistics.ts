import type { Millis } from '../../clock.ts';

// The figures by which ANSI/ISA-18.2 (IEC 62682, EEMUA 191) judges an alarm system.

const TEN_MINUTES: Millis = 600_000;
const MINUTE: Millis = 60_000;
/** So many alarms within ten minutes are more than a person can follow. */
const FLOOD = 10;
/** Raised so often within a minute, an alarm chatters. */
const CHATTER = 3;
const TOP = 10;

/** One step that counts, in order of the record. */
export interface CountedEvent {
  alarm: number;
  time: Millis;
  event: 'raised' | 'acknowledged' | 'suppressed';
  /** `campus/device rule` */
  source: string;
}

export interface SourceCount {
  source: string;
  count: number;
}

export interface AlarmStatistics {
  /** Alarms of which people were told: suppressed ones and drills are not counted. */
  alarms: number;
  perTenMinutes: { mean: number; peak: number; peakAt: Millis | undefined };
  /** The part of the time, in whole intervals of ten minutes, with ten alarms or more (%). */
  floodPercent: number;
  /** Sources that were raised three times or more within a minute; the most in a minute. */
  chattering: SourceCount[];
  /** The ten that were raised most, and their part of all alarms (%). */
  topTen: SourceCount[];
  topTenPercent: number;
  /** From raised to acknowledged (ms). */
  acknowledgement: { count: number; median: Millis | undefined; p95: Millis | undefined };
}

/** Figures of `from` (included) to `to` (excluded). */
export function alarmStatistics(
  events: Iterable<CountedEvent>,
  from: Millis,
  to: Millis,
): AlarmStatistics {
  const { raised, acknowledged } = joinEvents(events);
  const bins = new Map<number, number>();
  for (const { time } of raised) {
    const bin = Math.floor((time - from) / TEN_MINUTES);
    bins.set(bin, (bins.get(bin) ?? 0) + 1);
  }
  let peak: [bin: number | undefined, count: number] = [undefined, 0];
  for (const [bin, count] of bins) if (count > peak[1]) peak = [bin, count];
  const intervals = Math.max(1, Math.ceil((to - from) / TEN_MINUTES));
  const floods = [...bins.values()].filter((count) => count >= FLOOD).length;

  const bySource = Map.groupBy(raised, ({ source }) => source);
  const counts = [...bySource].map(([source, all]) => ({ source, count: all.length }));
  const topTen = counts.sort(mostFirst).slice(0, TOP);
  const inTop = topTen.reduce((sum, { count }) => sum + count, 0);
  const chattering = [...bySource]
    .map(([source, all]) => ({ source, count: mostInAMinute(all.map(({ time }) => time)) }))
    .filter(({ count }) => count >= CHATTER)
    .sort(mostFirst);
  const waits = acknowledged.toSorted((a, b) => a - b);
  return {
    alarms: raised.length,
    perTenMinutes: {
      mean: raised.length / intervals,
      peak: peak[1],
      peakAt: peak[0] === undefined ? undefined : from + peak[0] * TEN_MINUTES,
    },
    floodPercent: (100 * floods) / intervals,
    chattering,
    topTen,
    topTenPercent: raised.length === 0 ? 0 : (100 * inTop) / raised.length,
    acknowledgement: {
      count: waits.length,
      median: rank(waits, 0.5),
      p95: rank(waits, 0.95),
    },
  };
}

/** What was raised and told of, and how long each acknowledgement took. */
function joinEvents(events: Iterable<CountedEvent>) {
  const raised = new Set<CountedEvent>();
  const latest = new Map<number, CountedEvent>();
  const acknowledged: Millis[] = [];
  for (const event of events) {
    const last = latest.get(event.alarm);
    if (event.event === 'raised') {
      raised.add(event);
      latest.set(event.alarm, event);
    } else if (event.event === 'suppressed') {
      if (last) raised.delete(last);
    } else if (last) {
      acknowledged.push(Math.max(0, event.time - last.time));
    }
  }
  return { raised: [...raised], acknowledged };
}

/** How many of the times lie within one minute at most. */
function mostInAMinute(times: readonly Millis[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  let most = 0;
  let first = 0;
  for (const [i, time] of sorted.entries()) {
    while (time - (sorted[first] ?? time) >= MINUTE) first += 1;
    most = Math.max(most, i - first + 1);
  }
  return most;
}

const mostFirst = (a: SourceCount, b: SourceCount): number =>
  b.count - a.count || (a.source < b.source ? -1 : 1);

/** The nearest-rank quantile. */
const rank = (sorted: readonly Millis[], quantile: number): Millis | undefined =>
  sorted[Math.max(0, Math.ceil(sorted.length * quantile) - 1)];
