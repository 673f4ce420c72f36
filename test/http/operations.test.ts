import { request } from 'node:http';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { type Gate, openGate } from './gate.ts';

const CONTROL = { authorization: 'Bearer control-token' };

function importCsv(gate: Gate, body: string | Readable, type = 'text/csv'): Promise<Response> {
  return fetch(`${gate.url}/api/v1/imports/readings`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: typeof body === 'string' ? body : Readable.toWeb(body),
    duplex: 'half',
  });
}

test('a CSV is taken as history, and what was refused is said line by line', async () => {
  await using gate = await openGate();
  const csv = `time,device,metric,value
2025-11-23T08:00:00+08:00,freezer,temperature,-18
2025-11-23T08:00:00+08:00,ghost,temperature,-18
2025-11-23T08:01:00+08:00,freezer,temperature,hot
`;
  const response = await importCsv(gate, csv, 'text/csv; charset=utf-8');
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    rows: 3,
    stored: 1,
    duplicates: 0,
    refused: 2,
    refusals: expect.arrayContaining([
      {
        line: 3,
        code: 'DEVICE_UNKNOWN',
        message: expect.objectContaining({ zh: expect.any(String) }),
      },
    ]),
  });
});

test('a file larger than any body is taken as it comes', async () => {
  await using gate = await openGate();
  const rows = function* () {
    yield 'time,device,metric,value\n';
    for (let i = 0; i < 30_000; i++) {
      yield `${new Date(Date.UTC(2025, 0, 1) + i * 60_000).toISOString()},qingcheng/freezer,temperature,-18\n`;
    }
  };
  const response = await importCsv(gate, Readable.from(rows(), { objectMode: false }));
  expect(await response.json()).toMatchObject({ rows: 30_000, stored: 30_000, refused: 0 });
});

test('whoever hangs up in the middle of an import leaves no trace in the log', async () => {
  const lines: string[] = [];
  const imported = Promise.withResolvers<unknown>();
  await using gate = await openGate({
    log: (line) => lines.push(line),
    parts: {
      importReadings: async (csv) => {
        try {
          for await (const _chunk of csv) sent.destroy();
          throw new Error('the file is whole');
        } catch (error) {
          imported.resolve(error);
          throw error;
        }
      },
    },
  });
  lines.length = 0;
  const sent = request(`${gate.url}/api/v1/imports/readings`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
  });
  sent.on('error', () => undefined);
  sent.write('time,device,metric,value\n');
  expect(await imported.promise).toMatchObject({ code: 'ECONNRESET' });
  expect((await gate.get('/ready')).status).toBe(200);
  expect(lines).toEqual([]);
});

test('a file that is no CSV of readings is refused', async () => {
  await using gate = await openGate();
  const response = await importCsv(gate, 'a,b\n1,2\n');
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ code: 'CSV_HEADING' });
});

test('an import of another content type is refused', async () => {
  await using gate = await openGate();
  const response = await importCsv(gate, '{}', 'application/json');
  expect(response.status).toBe(415);
  expect(await response.json()).toMatchObject({ code: 'REQUEST_MEDIA_TYPE' });
});

test('a backup is written where the command line says', async () => {
  await using gate = await openGate();
  const response = await gate.post('/api/v1/backups', { file: '/backups/x.db' }, CONTROL);
  expect(await response.json()).toEqual({
    ...{ file: '/backups/x.db', bytes: 4096, files: 0, missingFiles: [] },
  });
  expect(gate.backups).toEqual(['/backups/x.db']);
});

test('a credential is set, and its password is not said again', async () => {
  await using gate = await openGate();
  const body = { username: 'qingcheng/freezer', password: 'correct horse' };
  const response = await gate.post('/api/v1/credentials', body, CONTROL);
  expect(response.status).toBe(200);
  expect(await response.text()).not.toContain('correct horse');
  expect(gate.credentials).toEqual(['qingcheng/freezer:correct horse']);
});

test('a password that is too short is not repeated in the answer', async () => {
  await using gate = await openGate();
  const body = { username: 'qingcheng/freezer', password: 'hunter2' };
  const response = await gate.post('/api/v1/credentials', body, CONTROL);
  expect(response.status).toBe(400);
  const text = await response.text();
  expect(text).toContain('body.password');
  expect(text).not.toContain('hunter2');
});

test('all well is 200, and anything else 503 with the part that is not', async () => {
  await using well = await openGate();
  expect((await well.get('/health')).status).toBe(200);
  const parts = { storage: { ok: false, problem: 'The disk is full' } };
  await using ill = await openGate({ health: { ok: false, ready: false, parts } });
  const response = await ill.get('/health');
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({ ok: false, ready: false, version: '1.2.3', parts });
  expect((await ill.get('/ready')).status).toBe(503);
});
