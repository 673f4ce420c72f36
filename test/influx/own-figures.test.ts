import { expect, test } from 'vitest';
import { DERIVED } from '../../dashboards/model.ts';
import { ownFigures } from '../../src/influx/own-figures.ts';
import { Rig } from './rig.ts';

test('the gateway reports what the dashboards show, as it is', async () => {
  await using rig = Rig.open({ url: 'http://influx.invalid' });
  await rig.begin();
  rig.readMany(3);
  const figures = ownFigures(rig.core, rig.running, rig.clock.now(), { ok: true, clients: 7 });

  expect(Object.keys(figures).sort()).toEqual([...DERIVED.gateway.fields].sort());
  expect(figures).toMatchObject({ ok: true, clients: 7, readings: 3, outbox_rows: 3 });
});
