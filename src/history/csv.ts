import type { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse/sync';
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
/** A CR at the very end may be half of a CR LF. */
const LINE_END = /\r\n|\n|\r(?!$)/;
const ZONED = /(?:Z|[+-]\d\d:?\d\d)$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

/**
 * Reads `time,device,metric,value` in file order, one reading a line. Columns may stand in any order
 * and more columns may follow. A device is `campus/device`, or just its id where there is one
 * campus. Times are ISO 8601; without a zone they are the campus's. A line that cannot be read costs
 * no other line. Throws CSV_HEADING.
 */
export async function* readCsv(
  source: Readable,
  catalogue: Pick<Catalogue, 'devices'>,
): AsyncGenerator<CsvReading | CsvRefusal> {
  const campuses = new Set([...catalogue.devices.values()].map(({ device }) => device.campus.id));
  const only = campuses.size === 1 ? [...campuses][0] : undefined;
  let order: number[] | undefined;
  let line = 0;
  for await (const lines of linesOf(source)) {
    for (const text of lines) {
      line += 1;
      if (text.trim() === '') continue;
      const record = readRecord(text);
      if (!order) order = columnOrder(record instanceof CodedError ? [text] : record);
      else if (record instanceof CodedError) yield { line, error: record };
      else yield readLine(record, order, line, catalogue, only);
    }
  }
  if (!order) columnOrder([]);
}

/** Some lines at a time. One that is too long comes cut short, but still too long. */
async function* linesOf(source: Readable): AsyncGenerator<string[]> {
  source.setEncoding('utf8');
  let rest = '';
  // whoever gave the source ends it: a request whose file is refused must still be answered
  const chunks: AsyncIterable<string> = source.iterator({ destroyOnReturn: false });
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split(LINE_END);
    rest = (lines.pop() ?? '').slice(0, MAX_LINE + 1);
    yield lines;
  }
  yield [rest];
}

/** A record is one line: a quotation mark without its pair must not swallow those that follow. */
function readRecord(text: string): string[] | CodedError {
  if (text.length > MAX_LINE) return new CodedError('CSV_LINE_LONG', { limit: MAX_LINE });
  if (!text.includes('"')) return text.split(',').map((value) => value.trim());
  try {
    const [record = []]: string[][] = parse(text, { trim: true, bom: true });
    return record;
  } catch (error) {
    if (error instanceof CsvError) return new CodedError('CSV_QUOTE');
    throw error;
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
