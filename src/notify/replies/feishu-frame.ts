// The frames of Feishu's long connection: Protocol Buffers (protobuf.dev, encoding) of the message
// pbbp2.Frame as @larksuiteoapi/node-sdk 1.74.0 has it. That package takes 60 MB of memory.

/** A frame. Ids are echoed in the answer. */
export interface Frame {
  sequence: bigint;
  log: bigint;
  service: number;
  /** See METHOD. */
  method: number;
  headers: [key: string, value: string][];
  payload: Buffer;
}

export const METHOD = { control: 0, data: 1 } as const;

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** Throws RangeError for what is no frame. */
export function decodeFrame(bytes: Buffer): Frame {
  const frame: Frame = {
    sequence: 0n,
    log: 0n,
    service: 0,
    method: 0,
    headers: [],
    payload: Buffer.alloc(0),
  };
  for (const { field, number, bytes: content } of fieldsOf(bytes)) {
    if (field === 1) frame.sequence = number;
    else if (field === 2) frame.log = number;
    else if (field === 3) frame.service = Number(BigInt.asIntN(32, number));
    else if (field === 4) frame.method = Number(BigInt.asIntN(32, number));
    else if (field === 5) frame.headers.push(decodeHeader(content));
    else if (field === 8) frame.payload = content;
  }
  return frame;
}

export function encodeFrame({ sequence, log, service, method, headers, payload }: Frame): Buffer {
  return Buffer.concat([
    number(1, sequence),
    number(2, log),
    number(3, BigInt(service)),
    number(4, BigInt(method)),
    ...headers.map(([key, value]) => text(5, Buffer.concat([text(1, key), text(2, value)]))),
    ...(payload.length > 0 ? [text(8, payload)] : []),
  ]);
}

function decodeHeader(bytes: Buffer): [string, string] {
  const header: [string, string] = ['', ''];
  for (const { field, bytes: content } of fieldsOf(bytes)) {
    if (field === 1) header[0] = content.toString('utf8');
    else if (field === 2) header[1] = content.toString('utf8');
  }
  return header;
}

interface Field {
  field: number;
  number: bigint;
  bytes: Buffer;
}

function* fieldsOf(bytes: Buffer): Generator<Field> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes.readUInt8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a varint is too long');
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const field = tag >>> 3;
    if ((tag & 7) === VARINT) {
      yield { field, number: varint(), bytes: Buffer.alloc(0) };
    } else if ((tag & 7) === LENGTH_DELIMITED) {
      const end = Number(varint()) + at;
      if (end > bytes.length) throw new RangeError('a field is cut off');
      yield { field, number: 0n, bytes: bytes.subarray(at, end) };
      at = end;
    } else {
      throw new RangeError(`an unknown kind of field: ${tag & 7}`);
    }
  }
}

function varintOf(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

const number = (field: number, value: bigint): Buffer =>
  Buffer.concat([varintOf(BigInt((field << 3) | VARINT)), varintOf(value)]);

function text(field: number, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const head = varintOf(BigInt((field << 3) | LENGTH_DELIMITED));
  return Buffer.concat([head, varintOf(BigInt(bytes.length)), bytes]);
}
