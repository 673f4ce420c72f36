import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { CodedError } from '../errors.ts';
import type { Books } from './books.ts';

/** Beside the database. */
export const ATTACHMENTS = 'attachments';
/** Bytes. */
export const MAX_ATTACHMENT = 10 * 1024 * 1024;

/** What a file begins with says what it is (PNG: ISO/IEC 15948; JPEG: ISO/IEC 10918; PDF: ISO 32000). */
const MAGIC = [
  { type: 'image/jpeg', begins: Buffer.from([0xff, 0xd8, 0xff]) },
  {
    type: 'image/png',
    begins: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
  },
  { type: 'application/pdf', begins: Buffer.from('%PDF-') },
];

export interface Attachment {
  hash: string;
  type: string;
  bytes: number;
}

/** The folder of a database's attachments. */
export const attachmentsOf = (databaseFile: string): string =>
  join(dirname(databaseFile), ATTACHMENTS);

// named by content alone: what a person called it never becomes a path
const fileOf = (folder: string, hash: string): string => join(folder, hash.slice(0, 2), hash);

/**
 * Keeps a photo or a scan; the same content is kept once. On disk before the answer. `name` is shown
 * to people and nothing else. Throws FILE_TYPE.
 */
export async function saveAttachment(
  books: Books,
  content: Buffer,
  name: string | undefined,
): Promise<Attachment> {
  const magic = MAGIC.find(({ begins }) => content.subarray(0, begins.length).equals(begins));
  if (!magic) throw new CodedError('FILE_TYPE');
  const hash = createHash('sha256').update(content).digest('hex');
  const file = fileOf(attachmentsOf(books.database.file), hash);
  await mkdir(dirname(file), { recursive: true });
  await write(file, content);
  const { type } = magic;
  const bytes = content.length;
  books.transact(() =>
    books
      .sql('INSERT INTO attachment VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING')
      .run(hash, type, bytes, name ?? null, books.clock.now()),
  );
  return { hash, type, bytes };
}

/** The file appears only when it is whole. */
async function write(file: string, content: Buffer): Promise<void> {
  const partial = `${file}.${randomUUID()}.partial`;
  try {
    const handle = await open(partial, 'wx');
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw new CodedError('STORAGE_FAILED', { reason }, { cause: error });
  }
}

/** A file as it was given. Throws RECORD_UNKNOWN, or FILE_MISSING where it is not as it was. */
export async function readAttachment(
  books: Books,
  hash: string,
): Promise<{ type: string; content: Buffer }> {
  const row = books.sql('SELECT type FROM attachment WHERE hash = ?').get(hash);
  if (!row) throw new CodedError('RECORD_UNKNOWN', { what: 'file', whatZh: '文件', id: hash });
  const file = fileOf(attachmentsOf(books.database.file), hash);
  const content = await readFile(file).catch(() => undefined);
  if (!content || hashOf(content) !== hash) throw new CodedError('FILE_MISSING', { hash });
  return { type: String(row.type), content };
}

/** The files that are gone or not as they were. Reads them all: not for the main thread. */
export function verifyAttachments(connection: DatabaseSync, folder: string): string[] {
  const broken: string[] = [];
  for (const row of connection.prepare('SELECT hash FROM attachment ORDER BY hash').iterate()) {
    const hash = String(row.hash);
    try {
      if (hashOf(readFileSync(fileOf(folder, hash))) !== hash) broken.push(hash);
    } catch {
      broken.push(hash);
    }
  }
  return broken;
}

/** What became of the files when they were copied. */
export interface CopiedFiles {
  /** How many the database names. */
  files: number;
  /** Hashes of those that are gone or not as they were: they could not be copied. */
  missingFiles: string[];
}

/**
 * Copies the files that a database names from one folder to another, and proves each. They never
 * change, so what is there already stays. Reads what is new: not for the main thread.
 */
export function copyAttachments(connection: DatabaseSync, from: string, to: string): CopiedFiles {
  let files = 0;
  const missingFiles: string[] = [];
  const rows = connection.prepare('SELECT hash, bytes FROM attachment ORDER BY hash').iterate();
  for (const row of rows) {
    const hash = String(row.hash);
    files += 1;
    const target = fileOf(to, hash);
    if (sizeOf(target) === Number(row.bytes)) continue;
    const content = readIf(fileOf(from, hash));
    if (!content || hashOf(content) !== hash) missingFiles.push(hash);
    else writeWhole(target, content);
  }
  return { files, missingFiles };
}

const sizeOf = (file: string): number | undefined =>
  statSync(file, { throwIfNoEntry: false })?.size;

const readIf = (file: string): Buffer | undefined =>
  existsSync(file) ? readFileSync(file) : undefined;

/** As `write`, in one go. */
function writeWhole(file: string, content: Buffer): void {
  mkdirSync(dirname(file), { recursive: true });
  const partial = `${file}.partial`;
  writeFileSync(partial, content, { flush: true });
  renameSync(partial, file);
}

const hashOf = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
