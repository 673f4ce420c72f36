import { crc32, inflateRawSync } from 'node:zlib';

// The little of the ZIP format (PKWARE APPNOTE 6.3.10) that an XLSX needs.

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_BYTES = 22;
const MAX_COMMENT = 65_535;
const MAX_ENTRIES = 1_000;

export class ZipError extends Error {}

/**
 * Unpacks those files of an archive whose names are wanted. Never unpacks more than `most` bytes in
 * all, whatever the archive says of itself. Throws ZipError.
 */
export function unpack(
  archive: Buffer,
  isWanted: (name: string) => boolean,
  most: number,
): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  try {
    const end = endOf(archive);
    const entries = archive.readUInt16LE(end + 10);
    if (entries > MAX_ENTRIES) throw new ZipError(`${entries} files`);
    let left = most;
    for (let i = 0, at = archive.readUInt32LE(end + 16); i < entries; i++) {
      if (archive.readUInt32LE(at) !== CENTRAL) throw new ZipError('no directory');
      const nameLength = archive.readUInt16LE(at + 28);
      const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
      if (isWanted(name)) {
        const content = contentOf(archive, at, left);
        left -= content.length;
        files.set(name, content);
      }
      at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
    }
  } catch (error) {
    if (error instanceof ZipError) throw error;
    // beyond the end of the buffer, or of what may be unpacked
    throw new ZipError(error instanceof Error ? error.message : String(error));
  }
  return files;
}

function endOf(archive: Buffer): number {
  const first = Math.max(0, archive.length - END_BYTES - MAX_COMMENT);
  for (let at = archive.length - END_BYTES; at >= first; at--) {
    if (archive.readUInt32LE(at) === END) return at;
  }
  throw new ZipError('no end of directory');
}

function contentOf(archive: Buffer, at: number, most: number): Buffer {
  const isEncrypted = (archive.readUInt16LE(at + 8) & 1) === 1;
  const method = archive.readUInt16LE(at + 10);
  const packed = archive.readUInt32LE(at + 20);
  const local = archive.readUInt32LE(at + 42);
  if (archive.readUInt32LE(local) !== LOCAL) throw new ZipError('no file');
  const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const content = archive.subarray(start, start + packed);
  if (isEncrypted || content.length < packed) throw new ZipError('encrypted or cut off');
  if (method === 8) return inflateRawSync(content, { maxOutputLength: Math.max(1, most) });
  if (method !== 0 || content.length > most)
    throw new ZipError(`method ${method}, ${packed} bytes`);
  return content;
}

/** An archive of files as they are, not compressed. */
export function store(files: ReadonlyMap<string, Buffer>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [text, content] of files) {
    const name = Buffer.from(text);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt32LE(crc32(content), 10);
    shared.writeUInt32LE(content.length, 14);
    shared.writeUInt32LE(content.length, 18);
    shared.writeUInt16LE(name.length, 22);
    parts.push(signed(LOCAL), shared, name, content);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(signed(CENTRAL), Buffer.from([20, 0]), shared, place, name);
    offset += 30 + name.length + content.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.size, 4);
  end.writeUInt16LE(files.size, 6);
  end.writeUInt32LE(
    directory.reduce((sum, { length }) => sum + length, 0),
    8,
  );
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, ...directory, signed(END), end]);
}

function signed(signature: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(signature);
  return bytes;
}
