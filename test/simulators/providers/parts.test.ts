import { expect, test } from 'vitest';
import { readMail } from '../../../simulators/providers/mail.ts';
import { SlidingWindow } from '../../../simulators/providers/quota.ts';

test('a sliding window counts exactly', () => {
  const window = new SlidingWindow(2, 1000);
  expect([window.take('a', 0), window.take('a', 500), window.take('a', 999)]).toEqual([
    true,
    true,
    false,
  ]);
  expect([window.take('b', 999), window.take('a', 1000), window.take('a', 1001)]).toEqual([
    true,
    true,
    false,
  ]);
});

test.each([
  ['base64', Buffer.from('锅炉房\n').toString('base64')],
  ['quoted-printable', '=E9=94=85=E7=82=\r\n=89=E6=88=BF\r\n'],
  ['8bit', '锅炉房\r\n'],
])('a mail is read: %s', (encoding, body) => {
  const word = Buffer.from('烟雾').toString('base64');
  const head = [
    'To: =?UTF-8?B?5p2O?= <li@school.example>,',
    ' wang@school.example',
    `Subject: =?UTF-8?B?${word}?=`,
    ' =?UTF-8?Q?_=E6=8A=A5=E8=AD=A6?=',
    `Content-Transfer-Encoding: ${encoding}`,
  ].join('\r\n');
  expect(readMail(`${head}\r\n\r\n${body}`)).toEqual({
    to: ['li@school.example', 'wang@school.example'],
    subject: '烟雾 报警',
    text: '锅炉房',
  });
});
