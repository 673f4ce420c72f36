import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { Bookkeeper } from '../../simulators/canteen/bookkeeper.ts';
import type { Deed } from '../../simulators/canteen/deeds.ts';
import { canteenDeeds } from '../../simulators/canteen/kitchen.ts';
import { paper } from '../../simulators/canteen/paper.ts';
import { dayType } from '../../src/campus/school-days.ts';
import { attachmentsOf, verifyAttachments } from '../../src/canteen/attachments.ts';
import { verifyLedgers } from '../../src/canteen/verify.ts';
import { VirtualClock } from '../../src/clock.ts';
import { Core } from '../../src/core.ts';
import { Folder } from '../harness/folder.ts';
import { at, configuration, DAY, device } from './fixture.ts';

const { campus } = device('canteen-freezer-1');
const BEGUN = at('2026-11-27 09:00');
const YEAR = at('2025-10-01 00:00');

const dayOf = (time: number): string => new Date(time + 8 * 3_600_000).toISOString().slice(0, 10);

function told(from: number, until: number): Deed[] {
  const deeds: Deed[] = [];
  for (const deed of canteenDeeds(campus, 1, from, BEGUN)) {
    if (deed.time > until) break;
    deeds.push(deed);
  }
  return deeds;
}

const of = <K extends Deed['kind']>(deeds: readonly Deed[], kind: K) =>
  deeds.filter((deed): deed is Deed & { kind: K } => deed.kind === kind);

describe('a school year of the canteen', () => {
  const year = told(YEAR, BEGUN);

  test('is the same every time, in order, and each deed has an id of its own', () => {
    expect(told(YEAR, YEAR + 30 * DAY)).toEqual(year.filter(({ time }) => time <= YEAR + 30 * DAY));
    expect(new Set(year.map(({ id }) => id)).size).toBe(year.length);
    year.forEach((deed, i) => {
      expect(deed.time).toBeGreaterThanOrEqual(year[i - 1]?.time ?? 0);
    });
  });

  test('every school day has three meals of dishes, and no other day has any', () => {
    const byDay = Map.groupBy(of(year, 'serve'), ({ time }) => dayOf(time));
    for (let time = YEAR; time < BEGUN - DAY; time += DAY) {
      const meals = new Set((byDay.get(dayOf(time)) ?? []).map(({ body }) => body.meal));
      const isSchool = dayType(campus.calendar, dayOf(time)) === 'school';
      expect(meals.size, dayOf(time)).toBe(isSchool ? 3 : 0);
    }
  });

  test('what is used was there, was not past its shelf life, and the oldest goes first', () => {
    const batches = new Map<string, { left: number; expires: string }>();
    for (const deed of year) {
      if (deed.kind === 'receive') {
        const { quantity, expires = '' } = deed.body;
        batches.set(deed.id, { left: quantity, expires });
      } else if (deed.kind === 'use' || deed.kind === 'throw') {
        const batch = batches.get(deed.body.batch);
        if (!batch) continue;
        batch.left -= deed.body.quantity;
        expect(batch.left, deed.id).toBeGreaterThan(-1e-6);
        expect(batch.expires >= dayOf(deed.time), deed.id).toBe(true);
      }
    }
    const wasted = of(year, 'throw').reduce((sum, { body }) => sum + body.quantity, 0);
    const used = of(year, 'use').reduce((sum, { body }) => sum + body.quantity, 0);
    expect(wasted / used).toBeLessThan(0.06);
    expect(wasted).toBeGreaterThan(0);
  });

  test('has the usual omissions, and not many', () => {
    const received = of(year, 'receive');
    const share = (count: number, all: number) => (100 * count) / all;
    const unsigned = received.filter(({ body }) => body.signedBy === undefined).length;
    const unproved = received.filter(({ body }) => body.papers?.length === 1).length;
    const known = new Set(received.map(({ id }) => id));
    const unknown = of(year, 'use').filter(({ body }) => !known.has(body.batch)).length;
    const samples = of(year, 'sample');
    const light = samples.filter(({ body }) => body.grams < 125).length;
    const early = of(year, 'dispose').filter(({ reason }) => reason !== undefined).length;
    for (const [what, count, all] of [
      ['unsigned', unsigned, received.length],
      ['without a paper', unproved, received.length],
      ['never received', unknown, received.length],
      ['no sample', of(year, 'serve').length - samples.length, samples.length],
      ['too small a sample', light, samples.length],
      ['destroyed early', early, samples.length],
    ] as const) {
      expect(count, what).toBeGreaterThan(0);
      expect(share(count, all), what).toBeLessThan(3);
    }
    expect(of(year, 'paper').length).toBeGreaterThan(0);
    const licences = of(year, 'supplier').filter(({ supplier }) => supplier === 'vegetables');
    expect(licences.map(({ body }) => body.licences?.length)).toEqual([1, 2]);
  });
});

describe('the books', () => {
  /** Two weeks before the beginning. */
  const from = at('2026-11-14 00:00');

  async function written(folder: Folder, until: number) {
    const clock = new VirtualClock(until);
    const log = pino({ level: 'silent' });
    const core = new Core({ file: folder.file('campus.db'), clock, log, configuration });
    const keeper = new Bookkeeper(core, clock, campus);
    const deeds = canteenDeeds(campus, 1, from, BEGUN);
    const next = await keeper.catchUp(deeds, until);
    return { core, clock, keeper, deeds, next };
  }

  test('take what was done at its own time, once; a sample that is too small is refused', async () => {
    using folder = new Folder();
    const first = await written(folder, BEGUN);
    const wanted = told(from, BEGUN);
    const light = of(wanted, 'sample').filter(({ body }) => body.grams < 125).length;
    expect(first.keeper.written).toBe(wanted.length - light);
    const late = first.core.database
      .prepare('SELECT count(*) AS count FROM ledger_entry WHERE recorded <> time')
      .get();
    expect(late?.count).toBe(0);
    expect(verifyLedgers(first.core.database.connection).broken).toBeUndefined();
    const { connection, file } = first.core.database;
    expect(verifyAttachments(connection, attachmentsOf(file))).toEqual([]);
    expect(first.core.store.allOpen()).toEqual([]);
    first.core.close();

    const again = await written(folder, BEGUN);
    expect(again.keeper.written).toBe(0);
    again.core.close();
  });

  test('go on with each deed when its time comes', async () => {
    using folder = new Folder();
    const { core, clock, keeper, deeds, next } = await written(folder, BEGUN);
    const before = keeper.written;
    const going = keeper.goOn(next, deeds);
    for (let i = 0; i < 200 && keeper.written < before + 5; i++) {
      clock.moveTo(clock.next() ?? clock.now());
      await new Promise(setImmediate);
    }
    expect(keeper.written).toBeGreaterThanOrEqual(before + 5);
    const last = core.database.prepare('SELECT max(time) AS time FROM ledger_entry').get();
    expect(Number(last?.time)).toBeLessThanOrEqual(clock.now());
    keeper.stop();
    await going;
    core.close();
  });
});

test('a paper is a small PDF whose cross-reference table is right', () => {
  const text = paper(['产品合格证明（示例）', '编号 1']).toString('latin1');
  const start = Number(/startxref\n(\d+)/.exec(text)?.[1]);
  expect(text.slice(start, start + 4)).toBe('xref');
  const places = [...text.slice(start).matchAll(/^(\d{10}) 00000 n/gm)].map(([, at]) => Number(at));
  places.forEach((place, i) => {
    expect(text.slice(place)).toMatch(new RegExp(`^${i + 1} 0 obj`));
  });
  // 产品 in UCS-2
  expect(text).toContain('4ea754c1');
});
