import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  block,
  bucketOf,
  giveBack,
  type LimitState,
  type Quota,
  take,
} from '../../../src/notify/channels/limits.ts';
import { quotasOf } from '../../../src/notify/channels/quotas.ts';

const quota: fc.Arbitrary<Quota> = fc.record({
  limit: fc.integer({ min: 1, max: 60 }),
  window: fc.constantFrom(1000, 30_000, 60_000, 3_600_000, 86_400_000),
  scope: fc.constant('channel' as const),
});
const quotas = fc.uniqueArray(quota, {
  minLength: 1,
  maxLength: 3,
  selector: ({ window }) => window,
});

/** Attempts, each after a wait that is a share of the shortest window. */
const attempts = fc.array(
  fc.record({
    wait: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 2, noNaN: true })),
    isUrgent: fc.boolean(),
  }),
  { maxLength: 250 },
);

const START = 1_800_000_000_000;

function run(all: readonly Quota[], tries: readonly { wait: number; isUrgent: boolean }[]) {
  const shortest = Math.min(...all.map(({ window }) => window));
  let state: LimitState = {};
  let now = START;
  const passed: number[] = [];
  for (const { wait, isUrgent } of tries) {
    now += Math.round(wait * shortest);
    const taken = take(all, state, {}, now, isUrgent);
    if (!taken.allowed) continue;
    state = taken.state;
    passed.push(now);
  }
  return { state, now, passed };
}

test('never more than the quota in any window', () => {
  fc.assert(
    fc.property(quotas, attempts, (all, tries) => {
      const { passed } = run(all, tries);
      for (const { limit, window } of all) {
        for (const begin of passed) {
          const within = passed.filter((time) => time >= begin && time < begin + window);
          expect(within.length).toBeLessThanOrEqual(limit);
        }
      }
    }),
  );
});

test('below the quota, wherever it is more than one', () => {
  fc.assert(
    fc.property(quota, (one) => {
      fc.pre(one.limit > 1);
      const { capacity, interval } = bucketOf(one);
      expect(capacity + Math.floor((one.window - 1) / interval)).toBeLessThan(one.limit);
    }),
  );
});

test('whatever was sent that is not urgent, the reserve is left for fire', () => {
  fc.assert(
    fc.property(quotas, attempts, (all, tries) => {
      const minor = tries.map(({ wait }) => ({ wait, isUrgent: false }));
      const { state, now } = run(all, minor);
      const reserve = Math.min(...all.map((one) => bucketOf(one).reserve));
      let left = state;
      for (let i = 0; i < reserve; i++) {
        const taken = take(all, left, {}, now, true);
        expect(taken.allowed).toBe(true);
        if (taken.allowed) left = taken.state;
      }
    }),
  );
});

test('what is denied is allowed when it says, and not a moment before', () => {
  fc.assert(
    fc.property(quotas, attempts, fc.boolean(), (all, tries, isUrgent) => {
      const { state, now } = run(all, tries);
      const taken = take(all, state, {}, now, isUrgent);
      if (taken.allowed) return;
      expect(take(all, state, {}, taken.until, isUrgent).allowed).toBe(true);
      expect(take(all, state, {}, taken.until - 1, isUrgent).allowed).toBe(false);
    }),
  );
});

test('nobody waits for longer than a bucket takes, also after the clock was set back', () => {
  fc.assert(
    fc.property(quotas, attempts, fc.nat(1e9), (all, tries, back) => {
      const state = block(all, run(all, tries).state, {}, START + 86_400_000);
      const now = START - back;
      const longest = Math.max(
        86_400_000,
        ...all.map((one) => bucketOf(one).interval * bucketOf(one).capacity),
      );
      let time = now;
      for (let tries = 0; tries < 5; tries++) {
        const taken = take(all, state, {}, time, false);
        if (taken.allowed) break;
        time = taken.until;
      }
      expect(take(all, state, {}, time, false).allowed).toBe(true);
      expect(time).toBeLessThanOrEqual(now + 2 * longest);
    }),
  );
});

test('what is given back can be taken again', () => {
  fc.assert(
    fc.property(quotas, attempts, (all, tries) => {
      const { state, now } = run(all, tries);
      const taken = take(all, state, {}, now, true);
      if (!taken.allowed) return;
      const back = giveBack(all, taken.state, {}, now);
      for (const isUrgent of [true, false]) {
        expect(take(all, back, {}, now, isUrgent).allowed).toBe(
          take(all, state, {}, now, isUrgent).allowed,
        );
      }
    }),
  );
});

describe('the vendors’ quotas', () => {
  test.each([
    ['dingtalk', 0, { capacity: 12, reserve: 5, interval: 9429 }],
    ['aliyun-voice', 0, { capacity: 1, reserve: 0, interval: 66_000 }],
    ['aliyun-voice', 1, { capacity: 3, reserve: 1, interval: 1_980_000 }],
    ['aliyun-sms', 0, { capacity: 30, reserve: 12, interval: 5_940_000 }],
    ['serverchan', 0, { capacity: 3, reserve: 1, interval: 47_520_000 }],
  ] as const)('%s [%i]', (kind, index, bucket) => {
    const one = quotasOf(kind)[index];
    expect(one && bucketOf(one)).toEqual(bucket);
  });

  test('an account’s own take their place', () => {
    expect(quotasOf('aliyun-sms', { perDay: 10, perMinute: 1 })).toEqual([
      { limit: 1, window: 60_000, scope: 'phone' },
      { limit: 10, window: 86_400_000, scope: 'phone' },
    ]);
    expect(quotasOf('bark', { perHour: 10 })).toEqual([
      { limit: 10, window: 3_600_000, scope: 'channel' },
    ]);
  });
});

describe('by phone', () => {
  const one: Quota[] = [{ limit: 1, window: 60_000, scope: 'phone' }];
  const phone = '13800000003';

  test('each its own bucket, however the number is written', () => {
    const taken = take(one, {}, { phone }, START, true);
    if (!taken.allowed) return expect.fail('nothing was used');
    expect(take(one, taken.state, { phone: `+86${phone}` }, START, true).allowed).toBe(false);
    expect(take(one, taken.state, { phone: '13800000002' }, START, true).allowed).toBe(true);
  });

  test('no number is in what is stored', () => {
    const taken = take(one, {}, { phone }, START, true);
    expect(JSON.stringify(taken)).not.toContain(phone);
  });

  test('a vendor’s block is for that phone, and not for what is urgent', () => {
    const state = block(one, {}, { phone }, START + 5000);
    expect(take(one, state, { phone }, START, false)).toEqual({
      allowed: false,
      until: START + 5000,
    });
    expect(take(one, state, { phone }, START, true).allowed).toBe(true);
    expect(take(one, state, { phone: '13800000002' }, START, false).allowed).toBe(true);
  });
});
