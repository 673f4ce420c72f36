import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { Database } from '../../src/storage/database.ts';
import { createTransport } from '../../src/transport/create.ts';
import { createGrants } from '../../src/transport/topics.ts';
import { configure } from '../harness/configuration.ts';
import { as, closed, device, Pipeline } from './support.ts';

test('the embedded broker takes what transport.maxPayload allows', async () => {
  const { machine } = configure({ devices: '[]', transport: '{port: 0, maxPayload: 8388608}' });
  const pipeline = new Pipeline(true);
  const refused: string[] = [];
  const database = new Database(':memory:');
  onTestFinished(() => database.close());
  const { transport, embedded } = createTransport(
    machine.transport,
    {
      clock: systemClock,
      database,
      filters: [],
      keys: {},
      authenticate: async () => true,
      grants: () => createGrants(['campus/meter/#'], []),
      onState: () => undefined,
      onRefused: ({ code }) => refused.push(code),
    },
    pipeline.receive,
  );
  onTestFinished(() => transport.stop());
  await transport.start();
  const meter = await device(`mqtt://127.0.0.1:${embedded?.ports.mqtt}`, as('meter'));
  const published = meter.publishAsync('campus/meter/up', Buffer.alloc(8_388_608, ' '), { qos: 1 });
  await Promise.race([published, closed(meter)]);
  expect(pipeline.taken.map(({ payload }) => payload.length)).toEqual([8_388_608]);
  expect(refused).toEqual([]);
});
