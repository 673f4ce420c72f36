import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Frames, guardReads } from '../../src/transport/frames.ts';

/** A packet of any type whose body has the given length. */
function packet(length: number): Buffer {
  const header = [0x30];
  let left = length;
  do {
    header.push((left % 128) + (left > 127 ? 128 : 0));
    left = Math.floor(left / 128);
  } while (left > 0);
  return Buffer.concat([Buffer.from(header), Buffer.alloc(length, 0xff)]);
}

const LIMIT = 20_000;
const length = fc.oneof(
  fc.constantFrom(0, 1, 127, 128, 16_383, 16_384, LIMIT),
  fc.nat({ max: LIMIT }),
);

/** Cuts a stream of bytes at the given places and sends the pieces through; false if refused. */
function send(frames: Frames, bytes: Buffer, cuts: number[]): boolean {
  const places = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length];
  let from = 0;
  for (const to of places.sort((a, b) => a - b)) {
    let piece = bytes.subarray(from, to);
    while (piece.length > 0) {
      const passed = frames.pass(piece);
      if (passed === undefined) return false;
      piece = piece.subarray(passed);
    }
    from = to;
  }
  return true;
}

describe('Frames', () => {
  it('counts the packets, however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(length, { maxLength: 8 }), fc.array(fc.nat()), (lengths, cuts) => {
        const frames = new Frames(LIMIT);
        expect(send(frames, Buffer.concat(lengths.map(packet)), cuts)).toBe(true);
        expect(frames.packets).toBe(lengths.length);
      }),
    );
  });

  it('refuses a packet that is too long, however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(length, { maxLength: 3 }),
        fc.integer({ min: LIMIT + 1, max: 100_000 }),
        fc.array(fc.nat()),
        (lengths, tooLong, cuts) => {
          const frames = new Frames(LIMIT);
          const bytes = Buffer.concat([...lengths, tooLong, 1].map(packet));
          expect(send(frames, bytes, cuts)).toBe(false);
          expect(frames.packets).toBe(lengths.length);
        },
      ),
    );
  });

  it('refuses a length of more than four bytes', () => {
    expect(new Frames(2 ** 30).pass(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80]))).toBeUndefined();
  });

  it('ends the first chunk with the first packet', () => {
    const frames = new Frames(LIMIT);
    expect(frames.pass(Buffer.concat([packet(10), packet(5), packet(0)]))).toBe(12);
    expect(frames.pass(Buffer.concat([packet(5), packet(0)]))).toBe(9);
  });
});

describe('guardReads', () => {
  it('passes every byte, the first packet by itself, and only when it may', async () => {
    const stream = new PassThrough();
    let open = true;
    guardReads(stream, {
      firstPacket: LIMIT,
      laterPacket: LIMIT,
      mayRead: () => open,
      tooLong: () => expect.unreachable(),
    });
    stream.end(Buffer.concat([packet(3), packet(1), packet(2)]));
    await once(stream, 'readable');
    expect(stream.read()).toEqual(packet(3));
    open = false;
    expect(stream.read()).toBeNull();
    open = true;
    expect(stream.read()).toEqual(Buffer.concat([packet(1), packet(2)]));
    expect(stream.read()).toBeNull();
  });
});
