import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createToken, readToken } from '../../src/notify/links.ts';
import { rule } from '../harness/profiles.ts';
import { withProbe } from '../harness/scenes.ts';
import { type School, school } from '../harness/school.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const id = fc.integer({ min: 1, max: 2 ** 40 });
const code = (name: string) => expect.objectContaining({ code: name });

describe('a token', () => {
  test('leads back to its notification until it expires', () => {
    fc.assert(
      fc.property(id, fc.integer({ min: 0, max: 1e9 }), (notification, lifetime) => {
        const token = createToken('secret', notification, NOW + lifetime);
        const lastSecond = Math.floor((NOW + lifetime) / 1000) * 1000;
        expect(token).toMatch(/^[\w.-]+$/);
        expect(readToken('secret', token, lastSecond)).toBe(notification);
        expect(() => readToken('secret', token, NOW + lifetime + 1)).toThrow(code('LINK_EXPIRED'));
      }),
    );
  });

  test('with any character changed, added or taken away is no token', () => {
    const other = fc.constantFrom(...'0123456789abcdefghijklmnopqrstuvwxyzABCXYZ-_. \n');
    fc.assert(
      fc.property(id, fc.nat(60), other, fc.nat(2), (notification, at, char, cut) => {
        const token = createToken('secret', notification, NOW + 1000);
        const place = at % (token.length + 1);
        const forged = token.slice(0, place) + char + token.slice(place + cut);
        fc.pre(forged !== token);
        expect(() => readToken('secret', forged, NOW)).toThrow(code('LINK_INVALID'));
      }),
      { numRuns: 2000 },
    );
  });

  test('made with another secret is none', () => {
    fc.assert(
      fc.property(id, fc.string(), (notification, secret) => {
        fc.pre(secret !== 'secret');
        const token = createToken(secret, notification, NOW + 1000);
        expect(() => readToken('secret', token, NOW)).toThrow(code('LINK_INVALID'));
      }),
    );
  });

  test('can not be put together from two others', () => {
    fc.assert(
      fc.property(id, id, (mine, theirs) => {
        fc.pre(mine !== theirs);
        const [, expiry, mac] = createToken('secret', mine, NOW + 1000).split('.');
        const forged = `${theirs.toString(36)}.${expiry}.${mac}`;
        expect(() => readToken('secret', forged, NOW)).toThrow(code('LINK_INVALID'));
      }),
    );
  });

  test('is never made up of arbitrary text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
        expect(() => readToken('secret', text, NOW)).toThrow(code('LINK_INVALID'));
      }),
    );
  });
});

describe('the link in a message', () => {
  const WARM = withProbe(rule('warm', 'high: 8'));

  async function warmNight(): Promise<School> {
    const night = await school(WARM);
    await night.campus.thermometer('probe').holds(9);
    return night;
  }

  test('acknowledges its alarm in the name of who it was sent to', async () => {
    await using night = await warmNight();
    const message = night.phone.expect('warm');
    expect(message.acknowledgeUrl).toBe(`http://gateway.test/a/${message.token}`);
    await night.clock.forward('5m');
    expect(message.acknowledge('张伟')).toMatchObject({
      acknowledgedBy: '张伟',
      acknowledged: night.clock.now,
    });
  });

  test('works once', async () => {
    await using night = await warmNight();
    const message = night.phone.expect('warm');
    message.acknowledge('张伟');
    await night.restart();
    expect(() => message.acknowledge('张伟')).toThrow(code('LINK_USED'));
  });

  test('that was used does not acknowledge the next occurrence either', async () => {
    await using night = await school(withProbe(rule('warm', 'high: 8, offDelay: 5m')));
    const probe = night.campus.thermometer('probe');
    await probe.holds(9);
    const first = night.phone.expect('warm');
    await night.clock.forward('1m');
    await probe.holds(4);
    await night.clock.forward('5m');
    await probe.holds(9);
    const second = night.phone.expect('warm');
    first.acknowledge('张伟');
    expect(() => second.acknowledge('张伟')).toThrow(code('ALARM_ACKNOWLEDGED'));
    expect(() => first.acknowledge('张伟')).toThrow(code('LINK_USED'));
  });

  test('does nothing twelve hours later', async () => {
    await using night = await warmNight();
    const message = night.phone.expect('warm');
    await night.clock.forward('12h');
    await night.clock.forward('1s');
    expect(() => message.acknowledge('张伟')).toThrow(code('LINK_EXPIRED'));
    expect(night.alarm('probe', 'warm').acknowledged).toBeUndefined();
  });

  test('still works eleven hours later, after a crash', async () => {
    await using night = await warmNight();
    const message = night.phone.expect('warm');
    await night.crash({ after: '11h' });
    expect(message.acknowledge('张伟').acknowledged).toBe(night.clock.now);
  });

  test('acknowledges no other alarm', async () => {
    const rules = [rule('warm', 'high: 8'), rule('hot', 'high: 8')];
    await using night = await school(withProbe(...rules));
    await night.campus.thermometer('probe').holds(9);
    night.phone.expect('warm').acknowledge('张伟');
    expect(night.alarm('probe', 'hot').acknowledged).toBeUndefined();
  });

  test('of a message that was never sent from here is none', async () => {
    await using night = await warmNight();
    const token = createToken('a secret of the test', 999, night.clock.now + 1000);
    expect(() => night.life.useLink(token)).toThrow(code('LINK_INVALID'));
  });

  test('is used up only if it did something', async () => {
    await using night = await warmNight();
    const message = night.phone.expect('warm');
    night.acknowledge(night.alarm('probe', 'warm'), '李娜');
    expect(() => message.acknowledge('张伟')).toThrow(code('ALARM_ACKNOWLEDGED'));
    expect(night.core.outbox.get(Number(message.id))?.used).toBeUndefined();
  });

  test('is absent from the message that it is over', async () => {
    await using night = await warmNight();
    await night.clock.forward('1m');
    await night.campus.thermometer('probe').holds(4);
    expect(night.phone.expectOver('warm').acknowledgeUrl).toBeNull();
  });
});
