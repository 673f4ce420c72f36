import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeFrame, encodeFrame, type Frame } from '../../../src/notify/replies/feishu-frame.ts';

// made with protobufjs 7 from the message's field numbers
const EVENT =
  '08818080808080801010ac0218f681801020012a0d0a047479706512056576656e742a160a0a6d6573736167655f69641208e6b688e681af2d31420c7b2274657874223a2231227d';
/** With a negative number, and fields that are of no use here. */
const PING = '0800100018f9ffffffffffffffff0120002a0c0a0474797065120470696e673204677a69704a0178';

test('frames are those of Protocol Buffers', () => {
  const frame: Frame = {
    sequence: 9007199254740993n,
    log: 300n,
    service: 33554678,
    method: 1,
    headers: [
      ['type', 'event'],
      ['message_id', '消息-1'],
    ],
    payload: Buffer.from('{"text":"1"}'),
  };
  expect(decodeFrame(Buffer.from(EVENT, 'hex'))).toEqual(frame);
  expect(encodeFrame(frame).toString('hex')).toBe(EVENT);
  expect(decodeFrame(Buffer.from(PING, 'hex'))).toMatchObject({
    service: -7,
    method: 0,
    headers: [['type', 'ping']],
  });
});

test('what is encoded is decoded again', () => {
  const id = fc.bigInt(0n, 2n ** 64n - 1n);
  const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  const word = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(
      fc.record({
        sequence: id,
        log: id,
        service: int,
        method: int,
        headers: fc.array(fc.tuple(word, word)),
        payload: fc.uint8Array({ maxLength: 1000 }).map((bytes) => Buffer.from(bytes)),
      }),
      (frame) => {
        expect(decodeFrame(encodeFrame(frame))).toEqual(frame);
      },
    ),
  );
});

test('arbitrary bytes are a frame or a RangeError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        decodeFrame(Buffer.from(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
    { numRuns: 2000 },
  );
});
