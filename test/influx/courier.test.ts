import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { Courier } from '../../src/influx/courier.ts';
import { Feed } from '../../src/influx/feed.ts';
import { FakeInflux } from './fake-influx.ts';
import { Rig } from './rig.ts';

const URL_OF_NOBODY = 'http://influx.invalid';
const TARGET = { url: URL_OF_NOBODY, org: '', bucket: '' };

/** Reads as the courier's thread does. */
function feedOf(rig: Rig) {
  const connection = new DatabaseSync(rig.file, { readOnly: true });
  return { feed: new Feed(connection), [Symbol.dispose]: () => connection.close() };
}

test('whole rows are read, as many as fit, and one that does not fit by itself', async () => {
  await using rig = Rig.open({ url: URL_OF_NOBODY });
  rig.readMany(1_500, 600);
  using reader = feedOf(rig);
  const read = (after: number, limit: number) => {
    const batch = reader.feed.waiting(after, limit);
    if (!batch) return undefined;
    const { text, lines, through } = batch;
    expect(text.split('\n')).toHaveLength(lines);
    return { lines, through };
  };
  expect(read(0, 5_000)).toEqual({ lines: 1_500, through: 1_500 });
  expect(read(0, 1_200)).toEqual({ lines: 1_200, through: 1_200 });
  expect(read(0, 1_199)).toEqual({ lines: 600, through: 600 });
  expect(read(600, 10)).toEqual({ lines: 600, through: 1_200 });
  expect(read(1_200, 5_000)).toEqual({ lines: 300, through: 1_500 });
  expect(read(1_500, 5_000)).toBeUndefined();
});

test('nothing of a transaction under way is seen', async () => {
  await using rig = Rig.open({ url: URL_OF_NOBODY });
  rig.read({ temperature: 1 });
  using reader = feedOf(rig);
  const { connection } = rig.core.database;
  connection.exec('BEGIN');
  rig.core.influx?.enqueue({ measurement: 'm', tags: {}, fields: { a: 1 }, time: 1 });
  expect(reader.feed.waiting(0, 5_000)).toMatchObject({ lines: 1 });
  connection.exec('COMMIT');
  expect(reader.feed.waiting(0, 5_000)).toMatchObject({ lines: 2 });
});

test('a thread that dies says why, and the next errand has another', async () => {
  const script = new URL('./fixtures/dying-thread.ts', import.meta.url);
  const courier = new Courier({ file: '', ...TARGET }, script);
  await expect(courier.waiting(0, 1)).rejects.toThrow('out of memory');
  await expect(courier.write('m a=1 1')).rejects.toThrow('out of memory');
  await courier.stop();
  await expect(courier.waiting(0, 1)).rejects.toThrow('stopping');
});

test('what can not be read is tried again later', async () => {
  await using server = new FakeInflux();
  await server.listen();
  await using rig = Rig.open({ url: server.url });
  rig.readMany(10);
  const { connection } = rig.core.database;
  connection.exec('ALTER TABLE influx_outbox RENAME TO hidden');
  await rig.begin();
  expect(rig.said).toContain('what InfluxDB is owed could not be read or written');
  connection.exec('ALTER TABLE hidden RENAME TO influx_outbox');
  await rig.pass('2s');
  expect(server.readings).toEqual(rig.expected());
});
