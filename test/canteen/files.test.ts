import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { auditLedgers } from '../../src/canteen/verify.ts';
import { backupDatabase, DATABASE_FILE, restoreDatabase } from '../../src/storage/backup.ts';
import { Database } from '../../src/storage/database.ts';
import { Folder } from '../harness/folder.ts';
import { type Kitchen, openKitchen, PHOTO } from './kitchen.ts';

const folderOf = (kitchen: Kitchen) =>
  join(dirname(kitchen.gate.core.database.file), 'attachments');

function filesOf(kitchen: Kitchen): string[] {
  try {
    return readdirSync(folderOf(kitchen), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.includes('/'),
    );
  } catch {
    return [];
  }
}

test('a photo is kept once under the hash of its content, and given back as it was', async () => {
  await using kitchen = await openKitchen();
  const first = await kitchen.upload(PHOTO);
  expect(first).toMatchObject({ status: 200, type: 'image/jpeg', bytes: PHOTO.length });
  expect(await kitchen.upload(PHOTO, '?name=again.jpg')).toMatchObject({ hash: first.hash });
  expect(filesOf(kitchen)).toEqual([`${first.hash.slice(0, 2)}/${first.hash}`]);
  const response = await fetch(`${kitchen.gate.url}/api/v1/canteen/files/${first.hash}`);
  expect(response.headers.get('content-type')).toBe('image/jpeg');
  expect(Buffer.from(await response.arrayBuffer()).equals(PHOTO)).toBe(true);
});

test('what a file is, its content says: a scan sent as an image is a PDF', async () => {
  await using kitchen = await openKitchen();
  const scan = await kitchen.upload(Buffer.from('%PDF-1.7\n…'), '', 'image/png');
  expect(scan).toMatchObject({ type: 'application/pdf' });
});

test.each([
  ['a page that calls itself an image', Buffer.from('<html><script>alert(1)</script></html>')],
  ['nothing', Buffer.alloc(0)],
  ['half a beginning', Buffer.from([0x89, 0x50, 0x4e])],
])('%s is refused, and nothing is kept', async (_what, content) => {
  await using kitchen = await openKitchen();
  const answer = await kitchen.upload(content);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(['FILE_TYPE', 'REQUEST_INVALID']).toContain(answer.code);
  expect(filesOf(kitchen)).toEqual([]);
});

test('fifty megabytes are refused before they are read', async () => {
  await using kitchen = await openKitchen();
  const large = Buffer.alloc(50 * 1024 * 1024);
  PHOTO.copy(large);
  const refused = await kitchen
    .upload(large)
    .then(({ status, code }) => ({ status, code }))
    // the gateway hangs up on what it will not read
    .catch(() => ({ status: 413, code: 'REQUEST_TOO_LARGE' }));
  expect(refused).toEqual({ status: 413, code: 'REQUEST_TOO_LARGE' });
  expect(filesOf(kitchen)).toEqual([]);
  expect(await kitchen.upload(PHOTO)).toMatchObject({ status: 200 });
});

test.each(['../../etc/passwd', '..%2F..%2Fcampus.db', '/etc/passwd', 'a\\..\\b.jpg'])(
  'the name %s is only a name',
  async (name) => {
    await using kitchen = await openKitchen();
    const { hash } = await kitchen.upload(PHOTO, `?name=${encodeURIComponent(name)}`);
    expect(filesOf(kitchen)).toEqual([`${hash.slice(0, 2)}/${hash}`]);
    const path = `${kitchen.gate.url}/api/v1/canteen/files/${encodeURIComponent(name)}`;
    expect((await fetch(path)).status).toBe(400);
  },
);

test('a file that was changed or is gone is not handed out, and the audit names it', async () => {
  await using kitchen = await openKitchen();
  const { hash } = await kitchen.upload(PHOTO);
  expect(await kitchen.get('/audit?')).toMatchObject({ brokenFiles: [] });
  const file = join(folderOf(kitchen), hash.slice(0, 2), hash);
  writeFileSync(file, Buffer.concat([PHOTO, PHOTO]));
  expect(await kitchen.get('/audit')).toMatchObject({ brokenFiles: [hash] });
  const get = async () => (await fetch(`${kitchen.gate.url}/api/v1/canteen/files/${hash}`)).json();
  expect(await get()).toMatchObject({ code: 'FILE_MISSING' });
  rmSync(file);
  expect(await get()).toMatchObject({ code: 'FILE_MISSING' });
  expect(await kitchen.get('/audit')).toMatchObject({ brokenFiles: [hash] });
});

test('the audit proves the ledgers, and names the entry somebody changed past the gateway', async () => {
  await using kitchen = await openKitchen();
  await kitchen.supplier();
  await kitchen.pork('pork-1');
  await kitchen.pork('pork-2');
  expect(await kitchen.get('/audit')).toMatchObject({
    entries: 3,
    chains: [
      { ledger: 'suppliers', entries: 1 },
      { ledger: 'receiving', entries: 2 },
    ],
  });
  kitchen.gate.core.database.connection.exec(
    `DROP TRIGGER ledger_entry_no_update;
     UPDATE ledger_entry SET body = replace(body, '40', '10') WHERE id = 'pork-2'`,
  );
  expect(await kitchen.get('/audit')).toMatchObject({
    broken: { ledger: 'receiving', position: 2, id: 'pork-2', problem: 'changed' },
  });
});

test('a backup takes the photos along, each once, and a restored canteen proves them', async () => {
  await using kitchen = await openKitchen();
  using elsewhere = new Folder();
  await kitchen.supplier();
  const { hash } = await kitchen.upload(PHOTO);
  await kitchen.pork('pork-1', { papers: [{ kind: 'photo', file: hash }] });
  const { file } = kitchen.gate.core.database;
  const monday = await backupDatabase(file, elsewhere.file('backups/monday.db'));
  expect(monday).toMatchObject({ files: 1, missingFiles: [] });
  const first = statSync(elsewhere.file(`backups/attachments/${hash.slice(0, 2)}/${hash}`));
  await kitchen.upload(Buffer.from('%PDF-1.7 a scan'));
  const tuesday = await backupDatabase(file, elsewhere.file('backups/tuesday.db'));
  expect(tuesday).toMatchObject({ files: 2, missingFiles: [] });
  const still = statSync(elsewhere.file(`backups/attachments/${hash.slice(0, 2)}/${hash}`));
  expect(still.mtimeMs).toBe(first.mtimeMs);

  const data = elsewhere.file('data');
  const restored = restoreDatabase(elsewhere.file('backups/monday.db'), data, 0);
  expect(restored).toMatchObject({ files: 1, missingFiles: [] });
  const database = new Database(join(data, DATABASE_FILE));
  expect(auditLedgers(database.connection, database.file)).toMatchObject({
    ...{ broken: undefined, brokenFiles: [], entries: 2 },
  });
  database.close();
});

test('a photo that is damaged keeps no backup from being made, and is named', async () => {
  await using kitchen = await openKitchen();
  using elsewhere = new Folder();
  const { hash } = await kitchen.upload(PHOTO);
  writeFileSync(join(folderOf(kitchen), hash.slice(0, 2), hash), 'damaged');
  const { file } = kitchen.gate.core.database;
  const backup = await backupDatabase(file, elsewhere.file('backup.db'));
  expect(backup).toMatchObject({ files: 1, missingFiles: [hash] });
  const restored = restoreDatabase(elsewhere.file('backup.db'), elsewhere.file('data'), 0);
  expect(restored).toMatchObject({ missingFiles: [hash] });
});
