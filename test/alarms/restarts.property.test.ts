import fc from 'fast-check';
import { expect, test } from 'vitest';
import { configure } from '../harness/configuration.ts';
import { rule } from '../harness/profiles.ts';
import { withProbe } from '../harness/scenes.ts';
import { type School, school } from '../harness/school.ts';
import { isoAt } from '../harness/story-clock.ts';

const LIMITS = [
  rule('warm', 'high: 8, deadBand: 1, onDelay: 3m, offDelay: 2m'),
  rule('hot', 'high: 15'),
  rule('rising', 'kind: rate, metric: temperature, rise: 4, window: 4m'),
  rule('stuck', 'kind: stuck, metric: temperature, tolerance: 0.5, after: 3m'),
  rule('often', 'kind: count, metric: temperature, high: 8, times: 2, window: 8m'),
  rule('long', 'kind: cumulative, metric: temperature, high: 8, total: 3m, window: 10m'),
  rule('excursion', 'kind: excursion, metric: temperature, high: 8, onDelay: 3m, offDelay: 2m'),
  rule(
    'excursions',
    'kind: cumulative-excursion, metric: temperature, high: 8, longest: 2m, total: 3m, window: 10m',
  ),
  rule('door', 'kind: door-open, metric: temperature, rise: 4, window: 4m'),
  rule('warming', 'kind: warming, metric: temperature, rise: 1, after: 3m'),
  rule('late', 'high: 8, onDelay: 1m, when: outside-school-hours'),
];
const RULES = configure(withProbe(...LIMITS, rule('silent', 'kind: silence')));
const PATIENT = configure(withProbe(...LIMITS));

interface Moment {
  /** Seconds since the one before. */
  later: number;
  temperature: number;
  /** What befalls the gateway afterwards. */
  befalls: 'nothing' | 'restart' | 'crash' | 'follow';
}

const moments = fc.array(
  fc.record({
    later: fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: 10, max: 150 }) },
      { weight: 1, arbitrary: fc.integer({ min: 200, max: 1000 }) },
    ),
    temperature: fc.constantFrom(4, 7, 7.5, 8.5, 9, 16),
    befalls: fc.constantFrom('nothing', 'nothing', 'restart', 'crash', 'follow'),
  }) satisfies fc.Arbitrary<Moment>,
  { minLength: 1, maxLength: 20 },
);

/** Everything that happened to alarms, and everything the phone was told. */
async function live(list: readonly Moment[], isDisturbed: boolean): Promise<unknown> {
  await using night = await school(RULES);
  const probe = night.campus.thermometer('probe');
  for (const { later, temperature, befalls } of list) {
    await night.clock.forward(`${later}s`);
    await probe.measures(temperature);
    if (isDisturbed && befalls === 'restart') await night.restart();
    if (isDisturbed && befalls === 'crash') await night.crash();
    if (isDisturbed && befalls === 'follow') await night.follow(night.configuration);
  }
  await night.clock.forward('10m');
  return outcome(night);
}

/** In an order of its own: of rules that fall due at one moment either may come first. */
function outcome(night: School): unknown {
  const { core, phone } = night;
  return {
    events: core.store
      .eventsAfter(0, 1000)
      .map(({ event, time, alarm }) => `${time} ${event} ${alarm.rule}`)
      .sort(),
    open: core.store
      .allOpen()
      .map(({ id, ...alarm }) => alarm)
      .sort((a, b) => a.rule.localeCompare(b.rule)),
    told: phone.inbox.map(({ event, rule: of, value }) => `${event} ${of} ${value}`).sort(),
  };
}

test('restarts, crashes and new configurations change nothing of what is raised and told', async () => {
  await fc.assert(
    fc.asyncProperty(moments, async (list) => {
      expect(await live(list, true)).toEqual(await live(list, false));
    }),
    { numRuns: 20 },
  );
});

test('readings that come in one message are judged like those that come one by one', async () => {
  await fc.assert(
    fc.asyncProperty(moments, async (list) => {
      await using night = await school(PATIENT);
      // all of them within a quarter of an hour, else some would be delayed
      const total = list.reduce((sum, { later }) => sum + later * 1000, 0);
      const scale = Math.min(1, 890_000 / total);
      let time = night.clock.now;
      const points = list.map(({ later, temperature }) => {
        time += Math.round(later * 1000 * scale);
        return { time: isoAt(time), values: { temperature } };
      });
      await night.clock.forward(`${time - night.clock.now}ms`);
      const topic = 'campus/qingcheng/probe/up';
      const payload = Buffer.from(JSON.stringify(points));
      await night.deliver({ topic, payload, replayed: false });
      await night.clock.forward('10m');

      await using other = await school(PATIENT);
      for (const { later, temperature } of list) {
        await other.clock.forward(`${Math.round(later * 1000 * scale)}ms`);
        await other.campus.thermometer('probe').measures(temperature);
      }
      await other.clock.forward('10m');
      expect(outcome(night)).toEqual(outcome(other));
    }),
    { numRuns: 20 },
  );
});
