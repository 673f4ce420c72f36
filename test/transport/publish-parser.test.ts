import fc from 'fast-check';
import mqtt, { type Packet } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { PublishParser } from '../../src/transport/publish-parser.ts';

interface Parser {
  on(event: string, listener: (what: Packet & Error) => void): unknown;
  parse(bytes: Buffer): unknown;
}

/** What a parser makes of pieces of a stream, up to its first error. */
function read(parser: Parser, pieces: readonly Buffer[]): unknown[] {
  const events: unknown[] = [];
  let isOver = false;
  parser.on('packet', (packet) => {
    if (!isOver) events.push({ ...packet, ...('payload' in packet ? hexOf(packet) : {}) });
  });
  parser.on('error', ({ message }) => {
    if (!isOver) events.push(message);
    isOver = true;
  });
  for (const piece of pieces) if (!isOver) parser.parse(piece);
  return events;
}

/** Texts are compared faster than bytes. */
const hexOf = ({ payload }: { payload: string | Buffer | null }) => ({
  payload: payload === null ? null : Buffer.from(payload).toString('hex'),
});

const messageId = fc.integer({ min: 1, max: 65_535 });
const topic = fc.oneof(
  fc.constantFrom('campus/qingcheng/meter/up', 'campus/qingcheng/meter/uq', '教学楼/一层'),
  fc.string({ minLength: 1 }),
);
const payload = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.integer({ min: 100, max: 2_000 }).map((length) => Buffer.alloc(length, 0x30)),
);
const publish = fc
  .record({
    qos: fc.constantFrom(0 as const, 1 as const, 2 as const),
    dup: fc.boolean(),
    retain: fc.boolean(),
    topic,
    payload,
    messageId,
  })
  .map((parts): Packet => ({ cmd: 'publish', ...parts }));
const other = fc.oneof(
  fc.constantFrom<Packet>({ cmd: 'pingreq' }, { cmd: 'disconnect' }),
  messageId.map((id): Packet => ({ cmd: 'puback', messageId: id })),
  messageId.map((id): Packet => ({ cmd: 'unsubscribe', messageId: id, unsubscriptions: ['a'] })),
);
const stream = fc
  .array(fc.oneof({ weight: 4, arbitrary: publish }, { weight: 1, arbitrary: other }))
  .map((packets) => Buffer.concat(packets.map((packet) => mqtt.generate(packet))));

/** Cuts bytes at the given places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b);
  return [...ends, bytes.length].map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
}

describe('the parser reads what mqtt-packet reads', () => {
  it('of packets, however they are cut', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat()), (bytes, places) => {
        const pieces = cut(bytes, places);
        expect(read(new PublishParser(), pieces)).toEqual(read(mqtt.parser(), [bytes]));
      }),
      { numRuns: 300 },
    );
  });

  it('of packets that came by bytes', () => {
    fc.assert(
      fc.property(stream, (bytes) => {
        const pieces = Array.from(bytes, (_, i) => bytes.subarray(i, i + 1));
        expect(read(new PublishParser(), pieces)).toEqual(read(mqtt.parser(), [bytes]));
      }),
      { numRuns: 10 },
    );
  });

  it('of what begins as a PUBLISH does and is none', () => {
    const nearly = fc
      .tuple(fc.integer({ min: 0x30, max: 0x3f }), fc.uint8Array({ maxLength: 8 }))
      .map(([header, body]) => Buffer.from([header, body.length, ...body]));
    fc.assert(
      fc.property(stream, nearly, fc.array(fc.nat()), (before, last, places) => {
        const pieces = cut(Buffer.concat([before, last]), places);
        expect(read(new PublishParser(), pieces)).toEqual(read(mqtt.parser(), pieces));
      }),
      { numRuns: 500 },
    );
  });

  it('of MQTT 5, where PUBLISH has properties', () => {
    const connect = { cmd: 'connect', protocolVersion: 5, clientId: 'meter', clean: true } as const;
    const message = { cmd: 'publish', topic: 'a', qos: 1, messageId: 7, payload: 'b' } as const;
    const packet = { ...message, dup: false, retain: false, properties: { contentType: 'text' } };
    const v5 = { protocolVersion: 5 };
    const bytes = Buffer.concat([mqtt.generate(connect), mqtt.generate(packet, v5)]);
    const events = read(new PublishParser(), [bytes]);
    expect(events).toEqual(read(mqtt.parser(), [bytes]));
    expect(events[1]).toMatchObject({ properties: { contentType: 'text' } });
  });

  it('of MQTT 5 that a client reads, which has sent CONNECT itself', () => {
    const v5 = { protocolVersion: 5 };
    const message = { cmd: 'publish', topic: 'a', qos: 1, messageId: 7, payload: 'b' } as const;
    const packet = { ...message, dup: false, retain: false, properties: { contentType: 'text' } };
    const connack = { cmd: 'connack', sessionPresent: false, reasonCode: 0 } as const;
    const bytes = Buffer.concat([mqtt.generate(connack, v5), mqtt.generate(packet, v5)]);
    const events = read(new PublishParser(v5), [bytes]);
    expect(events).toEqual(read(mqtt.parser(v5), [bytes]));
    expect(events[1]).toMatchObject({ properties: { contentType: 'text' } });
  });
});

it('bytes that are no MQTT throw nothing, and nothing is read after the first error', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 12 })), (pieces) => {
      const parser = new PublishParser();
      const events: string[] = [];
      parser.on('packet', () => events.push('packet'));
      parser.on('error', () => events.push('error'));
      for (const piece of pieces) parser.parse(Buffer.from(piece));
      const error = events.indexOf('error');
      expect(events.length).toBe(error < 0 ? events.length : error + 1);
    }),
    { numRuns: 1000 },
  );
});

it('what is read on while a packet is handled comes after what was there', () => {
  const [first, second, third] = ['1', '2', '3'].map((payload) =>
    mqtt.generate({ cmd: 'publish', topic: 'a', qos: 0, dup: false, retain: false, payload }),
  );
  const parser = new PublishParser();
  const seen: string[] = [];
  parser.on('packet', ({ payload }: { payload: Buffer }) => {
    if (seen.push(payload.toString()) === 1) parser.parse(third ?? Buffer.alloc(0));
  });
  parser.parse(Buffer.concat([first ?? '', second ?? ''].map((one) => Buffer.from(one))));
  expect(seen).toEqual(['1', '2', '3']);
});
