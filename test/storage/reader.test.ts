import { closeSync, openSync, writeSync } from 'node:fs';
import { expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { Reader } from '../../src/storage/reader.ts';
import { HOUR } from '../../src/storage/readings.ts';
import { ask, DAY, DOOR, MIDNIGHT, MINUTE, ReaderFile, TEMPERATURE } from './reader-file.ts';

const HEADING = 'time,device,metric,value\n';
const NIGHT = { from: MIDNIGHT, to: MIDNIGHT + HOUR };

async function text(chunks: AsyncIterable<Buffer>): Promise<string> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all).toString();
}

test('an export is CSV, series by series', async () => {
  await using file = new ReaderFile();
  file.write(TEMPERATURE, [[MIDNIGHT, -18.5]]);
  file.write(DOOR, [[MIDNIGHT + MINUTE, 1]]);
  const reader = file.reader();
  const series = [TEMPERATURE, DOOR].map((one) => ({ ...one, device: 'qingcheng/freezer' }));
  expect(await text(reader.export({ series, ...NIGHT }))).toBe(
    `${HEADING}2026-11-22T16:00:00.000Z,qingcheng/freezer,temperature,-18.5
2026-11-22T16:01:00.000Z,qingcheng/freezer,door,true
`,
  );
});

test.each([4999, 5000, 5001, 12_000])(
  'an export of %i rows has each of them once',
  async (count) => {
    await using file = new ReaderFile();
    const rows = Array.from({ length: count }, (_, i) => [MIDNIGHT + i, i] as const);
    file.write(TEMPERATURE, rows);
    const reader = file.reader();
    const series = [{ ...TEMPERATURE, device: 'a/b' }];
    const lines = (await text(reader.export({ series, ...NIGHT }))).trimEnd().split('\n').slice(1);
    expect(lines.map((line) => Number(line.split(',')[3]))).toEqual(rows.map(([, value]) => value));
  },
);

test('an export of nothing is a heading', async () => {
  await using file = new ReaderFile();
  const reader = file.reader();
  expect(await text(reader.export({ series: [], ...NIGHT }))).toBe(HEADING);
});

test('an export reads no further than its receiver does', async () => {
  await using file = new ReaderFile();
  file.write(
    TEMPERATURE,
    Array.from({ length: 12_000 }, (_, i) => [MIDNIGHT + i, i]),
  );
  const reader = file.reader();
  const chunks = reader.export({ series: [{ ...TEMPERATURE, device: 'a/b' }], ...NIGHT });
  await chunks.next();
  await chunks.next();
  // whatever is written behind the page that was read is still seen
  file.database.prepare('DELETE FROM reading WHERE time >= ?').run(MIDNIGHT + 5000);
  expect((await chunks.next()).done).toBe(true);
  expect(reader.status.waiting).toBe(0);
});

test('what was committed a moment ago is read', async () => {
  await using file = new ReaderFile();
  const reader = file.reader();
  expect((await ask(reader, NIGHT)).series[0]?.points).toHaveLength(0);
  file.write(TEMPERATURE, [[MIDNIGHT, 4]]);
  expect((await ask(reader, NIGHT)).series[0]?.points).toHaveLength(1);
});

test('a sound file passes the integrity check', async () => {
  await using file = new ReaderFile();
  const reader = file.reader();
  expect(await reader.integrityCheck()).toEqual([]);
});

test('a damaged file is found by the integrity check', async () => {
  await using file = new ReaderFile();
  file.write(
    TEMPERATURE,
    Array.from({ length: 20_000 }, (_, i) => [MIDNIGHT + i, i]),
  );
  file.database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
  const reader = file.reader();
  damage(file.file);
  expect((await reader.integrityCheck()).length).toBeGreaterThan(0);
});

function damage(file: string): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(4096, 0xff), 0, 4096, 4096 * 100);
  closeSync(handle);
}

test('too many waiting queries are turned away', async () => {
  await using file = new ReaderFile();
  const reader = file.reader();
  const asked = Array.from({ length: 65 }, () => ask(reader, NIGHT));
  const answered = await Promise.allSettled(asked);
  expect(answered.filter(({ status }) => status === 'fulfilled')).toHaveLength(64);
  await expect(asked[64]).rejects.toMatchObject({ code: 'READER_BUSY', status: 503 });
});

test('a thread that dies fails what waits, and the next query has a new one', async () => {
  await using file = new ReaderFile();
  const reader = file.readerWith(`
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', ({ id, kind }) => {
      if (kind === 'count') parentPort.postMessage({ id, count: 7 });
      else setImmediate(() => { throw new Error('out of order'); });
    });
  `);
  const both = await Promise.allSettled([ask(reader, NIGHT), ask(reader, NIGHT)]);
  for (const one of both) {
    expect(one).toMatchObject({
      status: 'rejected',
      reason: { code: 'READER_FAILED', params: { reason: 'out of order' } },
    });
  }
  expect(reader.status).toEqual({ waiting: 0, threads: 0, crashes: 1 });
  await expect(reader.countReadings('qingcheng', 0, DAY)).resolves.toBe(7);
  expect(reader.status).toEqual({ waiting: 0, threads: 1, crashes: 1 });
});

test('a thread that nobody asks for a while ends, and the next query has a new one', async () => {
  await using file = new ReaderFile();
  const reader = file.reader();
  expect(reader.status.threads).toBe(0);
  await ask(reader, NIGHT);
  file.clock.moveTo(MIDNIGHT + 9 * MINUTE);
  await ask(reader, NIGHT);
  file.clock.moveTo(MIDNIGHT + 18 * MINUTE);
  expect(reader.status.threads).toBe(1);
  file.clock.moveTo(MIDNIGHT + 19 * MINUTE);
  expect(reader.status).toEqual({ waiting: 0, threads: 0, crashes: 0 });
  expect((await ask(reader, NIGHT)).resolution).toBe('raw');
});

test('a query that cannot be answered is an error, and the thread lives on', async () => {
  await using file = new ReaderFile();
  const reader = file.reader();
  const lost = { ...NIGHT, resolution: 'day' as const, timezone: 'Middle/Earth' };
  await expect(ask(reader, lost)).rejects.toMatchObject({ code: 'READER_FAILED' });
  expect((await ask(reader, NIGHT)).resolution).toBe('raw');
  expect(reader.status.crashes).toBe(0);
});

test('a file that is not there is a storage error', async () => {
  const reader = new Reader('/nowhere/campus.db', new VirtualClock(0));
  await expect(ask(reader, NIGHT)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  await reader.stop();
});

test('stopping fails what waits and what is asked later', async () => {
  await using file = new ReaderFile();
  const reader = file.reader();
  const waiting = ask(reader, NIGHT);
  const rejected = expect(waiting).rejects.toMatchObject({ code: 'READER_FAILED' });
  await reader.stop();
  await rejected;
  await expect(ask(reader, NIGHT)).rejects.toMatchObject({ code: 'READER_FAILED' });
});
