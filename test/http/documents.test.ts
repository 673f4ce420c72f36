import { expect, test } from 'vitest';
import { openGate } from './gate.ts';

const ROUTES = [
  'GET /',
  'GET /a/{token}',
  'POST /a/{token}',
  'POST /a/{token}/assign',
  'POST /a/{token}/false-alarm',
  'POST /a/{token}/note',
  'GET /api/openapi.json',
  'GET /api/v1/alarms',
  'GET /api/v1/alarms/statistics',
  'GET /api/v1/alarms/{id}',
  'POST /api/v1/alarms/{id}/acknowledge',
  'POST /api/v1/alarms/{id}/assign',
  'POST /api/v1/alarms/{id}/comment',
  'POST /api/v1/alarms/{id}/reset',
  'POST /api/v1/backups',
  'GET /api/v1/campuses',
  'DELETE /api/v1/canteen/suppliers/{id}',
  'GET /api/v1/canteen/audit',
  'GET /api/v1/canteen/batches',
  'GET /api/v1/canteen/batches/{id}',
  'GET /api/v1/canteen/cards/batches/{id}',
  'GET /api/v1/canteen/cards/meals/{day}/{meal}',
  'GET /api/v1/canteen/cards/recalls/{id}',
  'GET /api/v1/canteen/cards/samples/{id}',
  'GET /api/v1/canteen/cards/suppliers/{id}',
  'GET /api/v1/canteen/cold-chain/records',
  'GET /api/v1/canteen/cold-chain/units',
  'GET /api/v1/canteen/cold-chain/units/{id}',
  'GET /api/v1/canteen/drills',
  'GET /api/v1/canteen/epcis.json',
  'GET /api/v1/canteen/files/{hash}',
  'GET /api/v1/canteen/history/{id}',
  'GET /api/v1/canteen/ledgers/{ledger}.xlsx',
  'GET /api/v1/canteen/licences',
  'GET /api/v1/canteen/lookup',
  'GET /api/v1/canteen/recalls/{id}',
  'GET /api/v1/canteen/samples',
  'GET /api/v1/canteen/samples/{id}/label',
  'GET /api/v1/canteen/suppliers',
  'GET /api/v1/canteen/suppliers/{id}/usual',
  'GET /api/v1/canteen/trace/batches/{id}',
  'GET /api/v1/canteen/trace/meals/{day}/{meal}',
  'GET /api/v1/canteen/trace/suppliers/{id}',
  'GET /api/v1/canteen/traceability',
  'POST /api/v1/canteen/batches',
  'POST /api/v1/canteen/batches/{id}/corrections',
  'POST /api/v1/canteen/batches/{id}/papers',
  'POST /api/v1/canteen/deliveries',
  'POST /api/v1/canteen/dishes',
  'POST /api/v1/canteen/dishes/{id}/cancellation',
  'POST /api/v1/canteen/disposals',
  'POST /api/v1/canteen/drills',
  'POST /api/v1/canteen/drills/{id}/end',
  'POST /api/v1/canteen/files',
  'POST /api/v1/canteen/movements/{id}/reversal',
  'POST /api/v1/canteen/moves',
  'POST /api/v1/canteen/recalls',
  'POST /api/v1/canteen/recalls/{id}/lift',
  'POST /api/v1/canteen/samples',
  'POST /api/v1/canteen/samples/{id}/disposal',
  'POST /api/v1/canteen/uses',
  'PUT /api/v1/canteen/suppliers/{id}',
  'GET /c/{kind}/{campus}/{id}/{signature}',
  'POST /api/v1/credentials',
  'GET /api/v1/dead-letters',
  'POST /api/v1/dead-letters/replay',
  'GET /api/v1/devices',
  'GET /api/v1/devices/{campus}/{device}',
  'GET /api/v1/devices/{campus}/{device}/readings',
  'POST /api/v1/exports/influx',
  'POST /api/v1/imports/readings',
  'GET /api/v1/drills',
  'POST /api/v1/drills',
  'POST /api/v1/drills/{id}/end',
  'POST /api/v1/notify/test',
  'GET /api/v1/energy/adjustments',
  'GET /api/v1/energy/baseline',
  'GET /api/v1/energy/bills',
  'GET /api/v1/energy/consumption',
  'GET /api/v1/energy/meters',
  'GET /api/v1/energy/target/{utility}',
  'GET /api/v1/energy/targets',
  'POST /api/v1/energy/adjustments',
  'POST /api/v1/energy/adjustments/{id}/withdraw',
  'POST /api/v1/energy/bills',
  'POST /api/v1/energy/bills/{id}/withdraw',
  'POST /api/v1/energy/corrections',
  'POST /api/v1/energy/replacements',
  'GET /api/v1/exports/influx',
  'GET /api/v1/live',
  'GET /health',
  'GET /metrics',
  'GET /api/v1/notices',
  'GET /api/v1/roster',
  'GET /api/v1/roster.ics',
  'GET /roster/{campus}/{token}',
  'GET /ready',
  'POST /sms/aliyun/{secret}',
  'POST /sms/tencent/{secret}',
  'GET /api/v1/shelves',
  'POST /api/v1/shelves',
  'DELETE /api/v1/shelves/{id}',
  'GET /api/v1/out-of-service',
  'POST /api/v1/out-of-service',
  'DELETE /api/v1/out-of-service/{id}',
];

interface Operation {
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: Record<string, unknown>[];
  responses?: Record<string, unknown>;
}

async function operations(): Promise<Map<string, Operation>> {
  await using gate = await openGate();
  const document: { paths: Record<string, Record<string, Operation>> } = JSON.parse(
    await (await gate.get('/api/openapi.json')).text(),
  );
  const found = new Map<string, Operation>();
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      found.set(`${method.toUpperCase()} ${path}`, operation);
    }
  }
  return found;
}

test('every route is described, and what is described exists', async () => {
  expect([...(await operations()).keys()].sort()).toEqual(ROUTES.sort());
});

test('every route says what it does, in both languages, and what it answers', async () => {
  for (const [route, operation] of await operations()) {
    expect(operation.summary, route).toMatch(/\p{Script=Han}.* \/ \w/u);
    expect(operation.description, route).toBeTruthy();
    expect(operation.tags, route).toHaveLength(1);
    expect(operation.responses, route).toHaveProperty('200');
  }
});

test('every route of the API describes its errors', async () => {
  for (const [route, { responses }] of await operations()) {
    if (!route.includes('/api/v1/')) continue;
    expect(responses, route).toMatchObject({
      '4XX': {
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    });
  }
});

test('a parameter is described in both languages, and needs not be given where it has a default', async () => {
  const { parameters = [] } = (await operations()).get('GET /api/v1/devices') ?? {};
  expect(parameters).toContainEqual({
    name: 'limit',
    in: 'query',
    required: false,
    description: '最多返回条数 / At most this many',
    schema: { type: 'integer', minimum: 1, maximum: 1000, default: 200 },
  });
});

test('the description says nothing that OpenAPI does not know', async () => {
  await using gate = await openGate();
  const text = await (await gate.get('/api/openapi.json')).text();
  expect(text).not.toContain('"descriptionZh"');
  expect(text).not.toContain('"allowed"');
  expect(text).not.toContain('"def-');
  expect(text).not.toContain('undefined');
});

test('the pages to read it need nothing from elsewhere', async () => {
  await using gate = await openGate();
  const page = await gate.get('/api/docs');
  expect(page.status).toBe(200);
  const html = await page.text();
  expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
  for (const [, path] of html.matchAll(/(?:src|href)="(\/[^"]+)"/g)) {
    const asset = await gate.get(String(path));
    expect(asset.status, path).toBe(200);
    await asset.body?.cancel();
  }
});
