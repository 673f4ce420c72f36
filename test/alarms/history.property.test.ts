import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Alarm,
  type AlarmEvent,
  DISPOSITIONS,
  type NewAlarm,
} from '../../src/alarms/alarm.ts';
import { after, unborn } from '../../src/alarms/lifecycle.ts';
import { AlarmStore } from '../../src/alarms/store.ts';
import { Drills } from '../../src/alarms/storm/drills.ts';
import { SEVERITIES } from '../../src/campus/rule.ts';
import { CodedError } from '../../src/errors.ts';
import { Database } from '../../src/storage/database.ts';

const NAMES = ['张伟', '李娜'] as const;
const name = fc.constantFrom(...NAMES);

/** What can befall the alarms of one device; `id` is tried whether there is such an alarm or not. */
const deeds = fc.array(
  fc.oneof(
    fc.record({
      does: fc.constant('raise' as const),
      severity: fc.constantFrom(...SEVERITIES),
      value: fc.option(fc.integer({ min: -40, max: 80 }), { nil: undefined }),
      rule: fc.constantFrom('warm', 'smoke'),
    }),
    fc.record({ does: fc.constant('clear' as const), rule: fc.constantFrom('warm', 'smoke') }),
    fc.record({
      does: fc.constant('acknowledge' as const),
      id: fc.integer({ min: 1, max: 4 }),
      name,
    }),
    fc.record({ does: fc.constant('assign' as const), id: fc.integer({ min: 1, max: 4 }), name }),
    fc.record({
      does: fc.constant('comment' as const),
      id: fc.integer({ min: 1, max: 4 }),
      name,
      disposition: fc.option(fc.constantFrom(...DISPOSITIONS), { nil: undefined }),
    }),
    fc.record({
      does: fc.constant('reset' as const),
      id: fc.integer({ min: 1, max: 4 }),
      name,
      disposition: fc.constantFrom(...DISPOSITIONS),
    }),
    fc.record({
      does: fc.constant('shelve' as const),
      id: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
      lasts: fc.integer({ min: 1, max: 10_000 }),
      name,
    }),
    fc.record({ does: fc.constant('lift' as const), id: fc.integer({ min: 1, max: 3 }), name }),
    fc.record({ does: fc.constant('wait' as const) }),
    fc.record({ does: fc.constant('remind' as const), id: fc.integer({ min: 1, max: 4 }) }),
    fc.record({
      does: fc.constant('mute' as const),
      id: fc.integer({ min: 1, max: 4 }),
      step: fc.oneof(
        fc.record({
          event: fc.constant('suppressed' as const),
          cause: fc.integer({ min: 1, max: 4 }),
        }),
        fc.record({ event: fc.constant('released' as const) }),
        fc.record({
          event: fc.constant('unstable' as const),
          until: fc.integer({ min: 1, max: 900_000 }),
        }),
      ),
    }),
    fc.record({ does: fc.constant('settle' as const), id: fc.integer({ min: 1, max: 4 }) }),
    fc.record({
      does: fc.constant('drill' as const),
      drill: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
    }),
  ),
  { maxLength: 40 },
);
type Deed = Parameters<Parameters<typeof deeds.map>[0]>[0][number];

const newAlarm = (deed: Extract<Deed, { does: 'raise' }>, now: number): NewAlarm => ({
  campus: 'qingcheng',
  device: 'probe',
  deviceName: '探头',
  zone: '食堂',
  rule: deed.rule,
  severity: deed.severity,
  latched: deed.rule === 'smoke',
  metric: 'temperature',
  value: deed.value,
  limit: 8,
  unit: '℃',
  title: { zh: '过热', en: 'Too warm' },
  action: { zh: '去看看', en: 'Go and look' },
  since: now - 60,
  raised: now,
});

function befall(store: AlarmStore, deed: Exclude<Deed, { does: 'drill' }>, now: number): unknown {
  switch (deed.does) {
    case 'raise':
      return store.raise(newAlarm(deed, now));
    case 'clear':
      return store.clear('qingcheng', 'probe', deed.rule, now);
    case 'acknowledge':
      return store.acknowledge(deed.id, deed.name, now);
    case 'assign':
      return store.assign(deed.id, '王师傅', deed.name, now);
    case 'comment':
      return store.comment(deed.id, deed.name, '看过了', now, deed.disposition);
    case 'reset': {
      const { name: person, disposition } = deed;
      return store.reset(deed.id, { person, disposition, reason: '已查看' }, now);
    }
    case 'shelve': {
      const place = { campus: 'qingcheng', device: 'probe', rule: 'warm' };
      const wish = { person: deed.name, reason: '除霜', since: now, until: now + deed.lasts };
      return store.shelve({ ...place, ...wish, alarm: deed.id });
    }
    case 'lift':
      return store.liftShelf(deed.id, deed.name, now);
    case 'remind':
      return store.reminders.set(deed.id, now);
    case 'wait':
      return store.endDue(now);
    case 'mute':
      return store.note(deed.id, { time: now, ...deed.step });
    case 'settle':
      return store.settle(deed.id, now);
  }
}

/** What the history says of an alarm, beginning with nothing but its names and texts. */
function replayed(store: AlarmStore, alarm: Alarm): Alarm {
  const lasting: Alarm = { ...unborn(alarm), value: undefined, limit: undefined, since: 0 };
  const blank: Alarm = { ...lasting, id: alarm.id, raised: 0, severity: 'info' };
  const empty = {
    acknowledgedUntil: undefined,
    expired: undefined,
    reminded: undefined,
    assigned: undefined,
    assignedTo: undefined,
    shelvedUntil: undefined,
    disposition: undefined,
    suppressedBy: undefined,
    unstableUntil: undefined,
    drill: undefined,
  };
  return store.history(alarm.id).reduce(after, { ...blank, ...empty });
}

test('the history of an alarm tells its whole state, whatever befell it', () => {
  fc.assert(
    fc.property(deeds, (list) => {
      const database = new Database(':memory:');
      const told: Alarm[] = [];
      const tell = ({ alarm }: AlarmEvent) => {
        told[alarm.id] = alarm;
      };
      let drill: number | undefined;
      const store = new AlarmStore(
        database,
        tell,
        () => 5_000,
        () => drill,
      );
      const drills = new Drills(database);
      for (const zone of ['食堂', '南楼']) {
        const place = { campus: 'qingcheng', zone, kind: 'fire' as const, person: 'zhang' };
        drills.start({ ...place, started: 0, ends: 1 });
      }
      list.forEach((deed, i) => {
        if (deed.does === 'drill') {
          drill = deed.drill;
          return;
        }
        try {
          database.transaction(() => befall(store, deed, 1_000 * (i + 1)));
        } catch (error) {
          // a shelf may be wished for an alarm that there is not, or a cause named
          const isRefusal = error instanceof CodedError || String(error).includes('FOREIGN KEY');
          if (!isRefusal) throw error;
        }
      });
      for (const alarm of store.list({ limit: 100 })) {
        expect(replayed(store, alarm)).toEqual(alarm);
        // and so does what was told last
        expect(told[alarm.id]).toEqual(alarm);
      }
      database.close();
    }),
    { numRuns: 200 },
  );
});
