import { expect, test } from 'vitest';
import type { Message } from '../../src/notify/channel.ts';
import { letter } from '../../src/notify/channels/letter.ts';
import { templateVariables } from '../../src/notify/channels/variables.ts';
import { noticeMessage } from '../../src/notify/compose.ts';
import { type DailyFacts, dailyReport } from '../../src/notify/daily-report.ts';
import type { Notification } from '../../src/notify/notification.ts';
import { configure } from '../harness/configuration.ts';

const QUIET: DailyFacts = {
  day: '11-23',
  raised: {},
  open: [],
  openCount: 0,
  devices: { total: 120, silent: 0 },
  readings: 345_678,
  down: 0,
  wrongClocks: 0,
  gaps: 0,
  lateSince: undefined,
};

function message(facts: DailyFacts): Message {
  const campus = configure({ devices: '[]' }).campuses.get('qingcheng');
  if (!campus) return expect.fail('no campus');
  const created = Date.parse('2026-11-24T07:30:00+08:00');
  const notice = {
    id: 1,
    campus: 'qingcheng',
    kind: 'daily-report',
    occasion: '2026-11-23',
  } as const;
  const notification: Notification = {
    id: 7,
    alarm: undefined,
    notice: 1,
    event: 'notice',
    person: 'zhang',
    personName: '张伟',
    channel: 'sms',
    created,
    state: 'pending',
    attempts: 0,
    value: undefined,
    used: undefined,
    message: undefined,
    takesOver: undefined,
    isCritical: false,
  };
  return noticeMessage(notification, { ...notice, ...dailyReport(facts), created }, campus);
}

test('an SMS template says it in the few characters it has', () => {
  const raised = { critical: 1, major: 20 };
  const facts = { ...QUIET, raised, openCount: 12, devices: { total: 1200, silent: 30 } };
  expect(templateVariables(message(facts), 20)).toEqual({
    place: '青城小学',
    item: '日报告 报警 21 起',
    value: '报警21 未关12 失联30/1200',
    time: '11-24 07:30',
  });
});

test('a robot says all of it, with nothing to do and no link', () => {
  const said = letter(message(QUIET), 'zh').map(({ text }) => text);
  expect(said).toEqual([
    '【日报告】零报告',
    '11-23：无报警；无未关闭报警；设备 120 台，失联 0 台；收到读数 345678 条。',
    '值班：张伟',
    '青城小学',
  ]);
});

test('what is unusual is said, in both languages', () => {
  const open = Array.from({ length: 7 }, (_, i) => ({
    zone: '食堂',
    deviceName: `${i} 号冷柜`,
    title: { zh: '超温', en: 'too warm' },
  }));
  const { title, text } = dailyReport({
    ...QUIET,
    raised: { minor: 2, critical: 1 },
    open,
    openCount: 7,
    readings: undefined,
    down: 61_000,
    wrongClocks: 2,
    gaps: 1,
    lateSince: '11-24 07:30',
  });
  expect(title.en).toBe('[Daily report] 3 alarms');
  expect(text.zh).toContain('报警 3 起（紧急 1、一般 2）；未关闭 7 起：食堂 0 号冷柜 超温、');
  expect(text.zh).toContain('4 号冷柜 超温等；');
  expect(text.en).toContain('the gateway was down for 2 min; 1 gaps in the roster within a week');
  expect(text.en).toContain('readings could not be counted; 2 device clocks are wrong');
  expect(text.en).toContain('late: due at 11-24 07:30');
});

test('a day with open alarms and none raised is no zero report', () => {
  expect(dailyReport({ ...QUIET, openCount: 1 }).title.zh).toBe('【日报告】报警 0 起');
});
