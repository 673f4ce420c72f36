import { expect, test } from 'vitest';
import { Feed } from '../../src/influx/feed.ts';
import { FakeInflux } from './fake-influx.ts';
import { Rig } from './rig.ts';

const URL_OF_NOBODY = 'http://influx.invalid';

test('whole rows are read, as many as fit, and one that does not fit by itself', async () => {
  await using rig = Rig.open({ url: URL_OF_NOBODY });
  rig.readMany(1_500, 600);
  const feed = new Feed(rig.file);
  const read = async (after: number, limit: number) => {
    const batch = await feed.waiting(after, limit);
    if (!batch) return undefined;
    const { text, lines, through } = batch;
    expect(text.split('\n')).toHaveLength(lines);
    return { lines, through };
  };
  expect(await read(0, 5_000)).toEqual({ lines: 1_500, through: 1_500 });
  expect(await read(0, 1_200)).toEqual({ lines: 1_200, through: 1_200 });
  expect(await read(0, 1_199)).toEqual({ lines: 600, through: 600 });
  expect(await read(600, 10)).toEqual({ lines: 600, through: 1_200 });
  expect(await read(1_200, 5_000)).toEqual({ lines: 300, through: 1_500 });
  expect(await read(1_500, 5_000)).toBeUndefined();
  await feed.stop();
});

test('nothing of a transaction under way is seen', async () => {
  await using rig = Rig.open({ url: URL_OF_NOBODY });
  rig.read({ temperature: 1 });
  const feed = new Feed(rig.file);
  const { connection } = rig.core.database;
  connection.exec('BEGIN');
  rig.core.influx?.enqueue({ measurement: 'm', tags: {}, fields: { a: 1 }, time: 1 });
  expect(await feed.waiting(0, 5_000)).toMatchObject({ lines: 1 });
  connection.exec('COMMIT');
  expect(await feed.waiting(0, 5_000)).toMatchObject({ lines: 2 });
  await feed.stop();
});

test('a thread that dies says why, and the next question has another', async () => {
  const feed = new Feed('', new URL('./fixtures/dying-thread.ts', import.meta.url));
  await expect(feed.waiting(0, 1)).rejects.toThrow('out of memory');
  await expect(feed.history({ series: 0, time: 0 }, 0, 1, 1)).rejects.toThrow('out of memory');
  await feed.stop();
  await expect(feed.waiting(0, 1)).rejects.toThrow('stopping');
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
