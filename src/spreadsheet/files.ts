import { CsvError, parse } from 'csv-parse/sync';
import readXlsxFile from 'read-excel-file/node';
import { CodedError } from '../errors.ts';
import { type Cell, MAX_COLUMNS, MAX_ROWS, MAX_SHEETS, type Sheet } from './sheet.ts';
import { store, unpack, ZipError } from './zip.ts';

const MAX_LINE = 65_536;
const MAX_UNPACKED = 24 * 1024 * 1024;
const LINES_LOOKED_AT = 50;

const unreadable = (reason: string, reasonZh: string): CodedError =>
  new CodedError('BILL_FILE', { reason, reasonZh });

/**
 * Reads the tables of a file, which is what its content says and not what its name ends in: XLSX, or
 * text in UTF-8, UTF-16 or GB18030 with commas, semicolons or tabs. Values only: formulas of an XLSX
 * count with their last result, those of a text are text. Throws BILL_FILE. Takes as much memory as a
 * hostile file likes: run it in a thread of limits.
 */
export async function readSheets(file: Buffer): Promise<Sheet[]> {
  if (file.length === 0) throw unreadable('it is empty', '文件为空');
  const begins = (hex: string) => file.toString('hex', 0, hex.length / 2) === hex;
  if (begins('d0cf11e0')) {
    const en = 'it is an old .xls, or locked with a password; save it as .xlsx';
    throw unreadable(en, '是旧版 .xls 或加密文件，请另存为 .xlsx');
  }
  if (begins('255044462d')) {
    throw unreadable('it is a PDF; type the bills into the template', '是 PDF，请将账单填入模板');
  }
  if (begins('504b')) return await readWorkbook(file);
  return [{ name: '', rows: readText(file) }];
}

async function readWorkbook(file: Buffer): Promise<Sheet[]> {
  try {
    const files = unpack(file, (name) => /\.(?:xml|rels)$/.test(name), MAX_UNPACKED);
    // the library would unpack whatever it is given: it gets what is unpacked already
    const sheets = await readXlsxFile(store(files));
    return sheets.slice(0, MAX_SHEETS).map(({ sheet, data }) => {
      return { name: sheet, rows: bounded(data.map((row) => row.map(toCell))) };
    });
  } catch (error) {
    if (error instanceof CodedError) throw error;
    if (error instanceof ZipError || error instanceof Error) {
      const reason = error.message.slice(0, 200);
      throw unreadable(`it is no XLSX: ${reason}`, `不是有效的 XLSX：${reason}`);
    }
    throw error;
  }
}

const toCell = (value: unknown): Cell => {
  if (value === null || value === undefined || value instanceof Date) return value ?? null;
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return String(value).slice(0, 1_000);
};

function bounded(rows: Cell[][]): Cell[][] {
  const width = Math.max(0, ...rows.map((row) => row.length));
  if (rows.length > MAX_ROWS || width > MAX_COLUMNS) {
    const size = `${rows.length} × ${width}`;
    const en = `it has ${size} rows and columns; at most ${MAX_ROWS} × ${MAX_COLUMNS}`;
    throw unreadable(en, `有 ${size} 行列，最多 ${MAX_ROWS} × ${MAX_COLUMNS}`);
  }
  return rows;
}

function readText(file: Buffer): Cell[][] {
  const text = decode(file);
  try {
    const records: unknown = parse(text, {
      delimiter: delimiterOf(text),
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: false,
      max_record_size: MAX_LINE,
      to: MAX_ROWS + 1,
    });
    if (!Array.isArray(records)) return [];
    return bounded(records.map((record: unknown[]) => record.map((cell) => toCell(cell || null))));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const reason = error.message.slice(0, 200);
    throw unreadable(`it is no table: ${reason}`, `不是表格：${reason}`);
  }
}

/** Text as Chinese offices save it. The mark at its front, if any, is gone. */
function decode(file: Buffer): string {
  const mark = file.length >= 2 ? file.readUInt16BE(0) : 0;
  if (mark === 0xfffe) return new TextDecoder('utf-16le').decode(file);
  if (mark === 0xfeff) return new TextDecoder('utf-16be').decode(file);
  if (!file.includes(0)) {
    for (const encoding of ['utf-8', 'gb18030']) {
      try {
        return new TextDecoder(encoding, { fatal: true }).decode(file);
      } catch {
        // then the next one
      }
    }
  }
  const en = 'it is neither a table nor text in UTF-8, UTF-16 or GB18030';
  throw unreadable(en, '既不是表格，也不是 UTF-8、UTF-16 或 GB18030 文本');
}

/** The character that divides most lines into the same number of cells; a tab before the others. */
function delimiterOf(text: string): string {
  const [, said] = /^sep=(.)\r?\n/.exec(text) ?? [];
  if (said !== undefined) return said;
  const lines = text.split(/\r?\n/, LINES_LOOKED_AT).map((line) => line.replace(/"[^"]*"/g, ''));
  let best = { delimiter: ',', lines: 0 };
  for (const delimiter of ['\t', ';', ',']) {
    const counts = Map.groupBy(lines, (line) => line.split(delimiter).length - 1);
    counts.delete(0);
    const most = Math.max(0, ...[...counts.values()].map(({ length }) => length));
    if (most > best.lines) best = { delimiter, lines: most };
  }
  return best.delimiter;
}
