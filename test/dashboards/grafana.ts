import type { BoardQuery } from './boards.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const UNITS: Readonly<Record<string, number>> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY };

/** How many points a panel of usual width asks for. */
const MAX_POINTS = 1_000;
/** The steps that Grafana rounds to. */
const STEPS = [1, 5, 10, 30, 60, 120, 300, 600, 900, 1_200, 1_800, 3_600, 7_200].map(
  (seconds) => seconds * SECOND,
);

/** What the reader chose: values of a variable, or everything. */
export type Choice = Readonly<Record<string, readonly string[] | 'all'>>;

const duration = (text: string): number =>
  Number.parseInt(text, 10) * (UNITS[text.at(-1) ?? ''] ?? Number.NaN);

/** `now-24h`, `30d`, `now/d` → where the range begins. */
function beginning(from: string, now: number): number {
  if (from.endsWith('/d')) return now - (now % DAY);
  return now - duration(from.replace('now-', ''));
}

/** A query as Grafana sends it: range, step and variables filled in. */
export function fillIn({ query, board, panel }: BoardQuery, choice: Choice, now: number): string {
  const shift = panel?.timeShift === '1y' ? 365 * DAY : 0;
  const from = beginning(panel?.timeFrom ?? board.time.from, now) - shift;
  const to = now - shift;
  const least = duration(panel?.interval ?? '1m');
  const ideal = Math.max(least, (to - from) / MAX_POINTS);
  const step = STEPS.find((candidate) => candidate >= ideal) ?? DAY;
  return query
    .replaceAll('$timeFilter', `time >= ${from}ms and time <= ${to}ms`)
    .replaceAll('$__interval', `${step / SECOND}s`)
    .replace(/\$\{(\w+):regex\}/g, (_, name: string) => asRegex(choice[name] ?? 'all'));
}

/** Grafana's format `regex`; a variable's own value for everything stays as it is. */
export function asRegex(values: readonly string[] | 'all'): string {
  if (values === 'all') return '.*';
  const escaped = values.map((value) => value.replace(/[\\^$*+?.()|[\]{}/]/g, '\\$&'));
  return escaped.length === 1 ? `${escaped[0]}` : `(${escaped.join('|')})`;
}
