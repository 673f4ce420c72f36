import type { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { Temporal } from 'temporal-polyfill';
import type { Millis } from '../clock.ts';
import { CodedError } from '../errors.ts';
import type { Catalogue, DeviceState } from '../pipeline/catalogue.ts';

/** One line of a CSV of readings, with its device found and its values read. */
export interface CsvReading {
  line: number;
  time: Millis;
  device: DeviceState;
  /** The device as the file names it. */
  name: string;
  metric: string;
  value: unknown;
}

/** A line that could not be taken. */
export interface CsvRefusal {
  line: number;
  error: CodedError;
}

const COLUMNS = ['time', 'device', 'metric', 'value'] as const;
const MAX_LINE = 4096;
const ZONED = /(?:Z|[+-]\d\d:?\d\d)$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

/**
 * Reads `time,device,metric,value` in file order. Columns may stand in any order and more columns
 * may follow. A device is `campus/device`, or just its id where there is one campus. Times are
 * ISO 8601; without a zone they are the campus's. Throws CSV_HEADING.
 */
export async function* readCsv(
  source: Readable,
  catalogue: Pick<Catalogue, 'devices'>,
): AsyncGenerator<CsvReading | CsvRefusal> {
  const campuses = new Set([...catalogue.devices.values()].map(({ device }) => device.campus.id));
  const only = campuses.size === 1 ? [...campuses][0] : undefined;
  const parser = source.pipe(
    parse({
      bom: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      max_record_size: MAX_LINE,
      info: true,
    }),
  );
  source.once('error', (error) => parser.destroy(error));
  let order: number[] | undefined;
  try {
    for await (const parsed of parser) {
      const { record, info }: { record: string[]; info: { lines: number } } = parsed;
      if (!order) {
        order = columnOrder(record);
        continue;
      }
      yield readLine(record, order, info.lines, catalogue, only);
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = Number(error.lines ?? 0);
    yield { line, error: new CodedError('CSV_ROW', { reason: error.message.slice(0, 200) }) };
  }
}

function columnOrder(heading: string[]): number[] {
  const names = heading.map((name) => name.toLowerCase());
  const order = COLUMNS.map((column) => names.indexOf(column));
  if (order.includes(-1)) {
    throw new CodedError('CSV_HEADING', { found: `"${heading.join(',').slice(0, 100)}"` });
  }
  return order;
}

function readLine(
  record: string[],
  order: readonly number[],
  line: number,
  { devices }: Pick<Catalogue, 'devices'>,
  onlyCampus: string | undefined,
): CsvReading | CsvRefusal {
  const [time, name, metric, text] = order.map((column) => record[column]);
  const refuse = (error: CodedError): CsvRefusal => ({ line, error });
  if (time === undefined || name === undefined || metric === undefined || text === undefined) {
    return refuse(new CodedError('CSV_ROW', { reason: `${record.length} values` }));
  }
  const device = devices.get(
    onlyCampus !== undefined && !name.includes('/') ? `${onlyCampus}/${name}` : name,
  );
  if (!device) return refuse(new CodedError('DEVICE_UNKNOWN', { device: name.slice(0, 130) }));
  const at = readTime(time, device.device.campus.timezone);
  if (at === undefined)
    return refuse(new CodedError('CSV_TIME', { found: `"${time.slice(0, 40)}"` }));
  const isBoolean = device.series.get(metric)?.spec.type === 'boolean';
  return {
    line,
    time: at,
    device,
    name,
    metric,
    value: isBoolean ? readBoolean(text) : readNumber(text),
  };
}

function readTime(text: string, timezone: string): Millis | undefined {
  if (ZONED.test(text)) {
    const time = Date.parse(text);
    return Number.isNaN(time) ? undefined : time;
  }
  try {
    return Temporal.PlainDateTime.from(text).toZonedDateTime(timezone).epochMilliseconds;
  } catch {
    return undefined;
  }
}

// what is neither stays a text, and admission refuses it in its own words
const readNumber = (text: string): unknown => (NUMBER.test(text) ? Number(text) : text);

function readBoolean(text: string): unknown {
  if (/^(?:true|1)$/i.test(text)) return true;
  return /^(?:false|0)$/i.test(text) ? false : text;
}
