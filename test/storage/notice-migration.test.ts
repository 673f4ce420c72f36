import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { NotificationOutbox } from '../../src/notify/outbox.ts';
import { Database } from '../../src/storage/database.ts';
import { migrations } from '../../src/storage/migrations.ts';
import { Folder } from '../harness/folder.ts';

test('what was owed about alarms before there were notices is still owed, with its log', () => {
  using folder = new Folder();
  const file = folder.file('campus.db');
  const before = migrations.findIndex((sql) => sql.includes('CREATE TABLE notice'));
  const old = new DatabaseSync(file);
  for (const sql of migrations.slice(0, before)) old.exec(sql);
  old.exec(`
    PRAGMA user_version = ${before};
    INSERT INTO alarm (id, campus, device, rule, severity, latched, unit, title, action, device_name,
      zone, since, raised) VALUES (5, 'a', 'b', 'c', 'major', 0, '', '{}', '{}', 'b', 'z', 1, 1);
    INSERT INTO notification (id, alarm, event, channel, created, due, urgency)
      VALUES (9, 5, 'raised', 'webhook', 1, 1, 1);
    INSERT INTO delivery (notification, time, outcome, detail) VALUES (9, 2, 'retry', 'HTTP 503');
  `);
  old.close();
  const database = new Database(file);
  const outbox = new NotificationOutbox(database);
  expect(outbox.due(10, 10)).toMatchObject([
    { id: 9, alarm: 5, notice: undefined, event: 'raised' },
  ]);
  expect(outbox.ofAlarm(5)).toMatchObject([{ id: 9, deliveries: [{ detail: 'HTTP 503' }] }]);
  expect(database.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
  database.close();
});
