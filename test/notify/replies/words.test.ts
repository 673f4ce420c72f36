import { expect, test } from 'vitest';
import { isAcknowledgement } from '../../../src/notify/replies/words.ts';

test.each([
  '1',
  ' 1 ',
  '１',
  '1。',
  '确认',
  '收到',
  '收到！',
  '@值班机器人 1',
  '@_user_1 收到',
  '确认\n',
])('%j acknowledges', (text) => {
  expect(isAcknowledgement(text)).toBe(true);
});

test.each([
  '',
  '10',
  '11',
  '2',
  '不确认',
  '收到请回复',
  '没收到',
  '确认一下',
  '@1',
  '-1',
  'ok',
  '1'.repeat(300),
])('%j does not', (text) => {
  expect(isAcknowledgement(text)).toBe(false);
});
