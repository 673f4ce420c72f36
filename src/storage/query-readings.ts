import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Millis } from '../clock.ts';
import { qualityWords } from '../pipeline/quality.ts';
import type { ExportCursor, ExportQuery, ReadingQuery, Resolution, SeriesRef } from './query.ts';
import { dayStarts, type Figures, HourlyFigures, joinDays } from './query-figures.ts';
import { HOUR } from './readings.ts';

/** What 'auto' aims at: more points than a screen is wide help nobody. */
const AUTO_POINTS = 2_000;
const EXPORT_ROWS = 5_000;

/** Answers queries from a connection of its own; every answer is of one moment. */
export class ReadingQueries {
  readonly #connection: DatabaseSync;
  readonly #figures: HourlyFigures;
  readonly #raw: StatementSync;
  readonly #countRaw: StatementSync;
  readonly #oldest: StatementSync;
  /** By quality, as JSON: there are few combinations. */
  readonly #qualities = new Map<number, string>();

  constructor(connection: DatabaseSync) {
    this.#connection = connection;
    this.#figures = new HourlyFigures(connection);
    const where = 'WHERE series = ? AND time >= ? AND time < ?';
    this.#raw = connection.prepare(
      `SELECT time, value, quality FROM reading ${where} ORDER BY time LIMIT ?`,
    );
    this.#countRaw = connection.prepare(
      `SELECT count(*) AS count FROM (SELECT 1 FROM reading ${where} LIMIT ?)`,
    );
    this.#oldest = connection.prepare(
      `SELECT
         (SELECT min(hour) FROM hourly WHERE series = :series AND hour >= :hour) AS rolled,
         (SELECT min(time) FROM reading WHERE series = :series AND time >= :from) AS kept`,
    );
  }

  /** The answer as JSON; its shape is the API's. */
  readings(query: ReadingQuery): string {
    this.#connection.exec('BEGIN');
    try {
      return this.#answer(query);
    } finally {
      this.#connection.exec('COMMIT');
    }
  }

  /** Some lines of CSV, and where the next page begins, if there is one. No line is cut. */
  exportPage(
    { series, from, to }: ExportQuery,
    cursor: ExportCursor,
  ): { csv: string; next: ExportCursor | undefined } {
    const lines: string[] = [];
    let at = cursor;
    for (let one = series[at.series]; one; one = series[at.series]) {
      const room = EXPORT_ROWS - lines.length;
      const rows = this.#raw.all(one.id, at.from, to, room);
      for (const row of rows) {
        const value = sayValue(Number(row.value), one.type);
        lines.push(`${iso(Number(row.time))},${one.device},${one.metric},${value}\n`);
      }
      if (rows.length === room) {
        const last = Number(rows.at(-1)?.time);
        return { csv: lines.join(''), next: { series: at.series, from: last + 1 } };
      }
      at = { series: at.series + 1, from };
    }
    return { csv: lines.join(''), next: undefined };
  }

  #answer(query: ReadingQuery): string {
    const resolution = query.resolution === 'auto' ? this.#choose(query) : query.resolution;
    const starts = resolution === 'day' ? dayStarts(query.from, query.to, query.timezone) : [];
    const [from, to] = widen(query, resolution, starts);
    const share = Math.max(1, Math.floor(query.limit / Math.max(1, query.series.length)));
    let truncated = false;
    const answers: string[] = [];
    for (const series of query.series) {
      const points: string[] = [];
      for (const point of this.#points(series, resolution, from, to, starts, share + 1)) {
        if (points.length === share) {
          truncated = true;
          break;
        }
        points.push(point);
      }
      const { metric, unit } = series;
      const head = JSON.stringify(unit ? { metric, unit } : { metric }).slice(0, -1);
      answers.push(`${head},"points":[${points.join(',')}]}`);
    }
    const range = `"from":"${iso(from)}","to":"${iso(to)}"`;
    return `{"resolution":"${resolution}",${range},"series":[${answers.join(',')}],"truncated":${truncated}}`;
  }

  *#points(
    series: SeriesRef,
    resolution: Resolution,
    from: Millis,
    to: Millis,
    starts: readonly Millis[],
    limit: number,
  ): Generator<string> {
    if (resolution === 'raw') {
      for (const row of this.#raw.iterate(series.id, from, to, limit)) {
        const value = sayValue(Number(row.value), series.type);
        const quality = this.#sayQuality(Number(row.quality));
        yield `{"time":"${iso(Number(row.time))}","value":${value},"quality":${quality}}`;
      }
      return;
    }
    const hours = this.#figures.between(series.id, from, to);
    for (const figures of resolution === 'hour' ? hours : joinDays(hours, starts)) {
      yield sayFigures(figures);
    }
  }

  #choose(query: ReadingQuery): Resolution {
    const { series, from, to, limit } = query;
    const most = Math.min(AUTO_POINTS, limit);
    const fits = (count: (id: number, most: number) => number) => {
      let room = most;
      for (const { id } of series) {
        if (room >= 0) room -= count(id, room);
      }
      return room >= 0;
    };
    const readings = (id: number, room: number) =>
      Number(this.#countRaw.get(id, from, to, room + 1)?.count);
    if (fits(readings) && this.#isAllKept(series, from, to)) return 'raw';
    const [begin, end] = widen(query, 'hour', []);
    return fits((id, room) => this.#figures.count(id, begin, end, room)) ? 'hour' : 'day';
  }

  /** False where roll-ups reach further back than the readings that are still kept. */
  #isAllKept(series: readonly SeriesRef[], from: Millis, to: Millis): boolean {
    return series.every(({ id }) => {
      const hour = Math.ceil(from / HOUR);
      const { rolled = null, kept = null } = this.#oldest.get({ series: id, hour, from }) ?? {};
      if (rolled === null || Number(rolled) * HOUR >= to) return true;
      return kept !== null && Number(kept) < (Number(rolled) + 1) * HOUR;
    });
  }

  #sayQuality(quality: number): string {
    let words = this.#qualities.get(quality);
    if (words === undefined) {
      words = JSON.stringify(qualityWords(quality));
      this.#qualities.set(quality, words);
    }
    return words;
  }
}

const iso = (time: Millis): string => new Date(time).toISOString();

const sayValue = (value: number, type: SeriesRef['type']): string =>
  type === 'boolean' ? String(value !== 0) : String(value);

const sayFigures = ({ time, ...figures }: Figures): string =>
  `{"time":"${iso(time)}",${JSON.stringify(figures).slice(1)}`;

/** The range in whole hours or days. */
function widen(
  { from, to }: ReadingQuery,
  resolution: Resolution,
  starts: readonly Millis[],
): [Millis, Millis] {
  if (resolution === 'raw') return [from, to];
  if (resolution === 'day') return [starts[0] ?? from, starts.at(-1) ?? to];
  return [Math.floor(from / HOUR) * HOUR, Math.ceil(to / HOUR) * HOUR];
}
