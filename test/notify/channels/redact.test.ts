import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Channel } from '../../../src/notify/channel.ts';
import { sent } from '../../../src/notify/channels/outcome.ts';
import { maskNumber } from '../../../src/notify/channels/phone.ts';
import { guarded, redact } from '../../../src/notify/channels/redact.ts';
import { fire, LI } from './support.ts';

const signal = new AbortController().signal;

test.each([
  ['to 13800000003', 'to 138****0003'],
  ['to +8613800000003.', 'to 138****0003.'],
  ['PhoneNumbers=8613800000003&', 'PhoneNumbers=138****0003&'],
  ['BizId 900619746936498440^0', 'BizId 900619746936498440^0'],
  ['at 1700000000000', 'at 1700000000000'],
  ['<li.zhi@school.example>: rejected', '<***@school.example>: rejected'],
  ['key=a%2Bb and a+b', 'key=*** and ***'],
])('%s', (text, clean) => {
  expect(redact(text, ['a+b', ''])).toBe(clean);
});

test('a landline that was called', () => {
  expect(redact('057188880000 busy', [], { phone: '057188880000' })).toBe('057****0000 busy');
});

test.each([
  ['13800000003', '138****0003'],
  ['+8613800000003', '138****0003'],
  ['12345', '****'],
])('%s is shown as %s', (phone, masked) => {
  expect(maskNumber(phone)).toBe(masked);
});

test('whatever surrounds a secret, it does not get through', () => {
  const secret = fc.string({ minLength: 6, maxLength: 40 }).filter((it) => !/^\*+$/.test(it));
  fc.assert(
    fc.property(fc.string(), secret, fc.string(), (before, it, after) => {
      const clean = redact(`${before}|${it}|${encodeURIComponent(it)}|${after}`, [it]);
      expect(clean.includes(`|${it}|`)).toBe(false);
      expect(clean.includes(`|${encodeURIComponent(it)}|`)).toBe(false);
    }),
  );
});

test('a channel that throws is tried again, and its words are cleaned', async () => {
  const broken: Channel = {
    name: 'x',
    kind: 'bark',
    send: () => Promise.reject(new Error('no s3cret for 13800000003')),
  };
  expect(await guarded(broken, ['s3cret']).send(fire(), LI, signal)).toEqual({
    kind: 'retry',
    code: 'INTERNAL',
    detail: 'INTERNAL: Error: no *** for 138****0003',
  });
});

test('what a vendor says is kept to one line of bounded length', () => {
  const { detail } = sent(`a\n${'很长'.repeat(500)}`);
  expect(detail).not.toContain('\n');
  expect(detail.length).toBeLessThan(200);
});
