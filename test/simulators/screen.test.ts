import { expect, test } from 'vitest';
import type { Message, Notification } from '../../simulators/phone/notification.ts';
import { Screen } from '../../simulators/phone/screen.js';
import { notification } from './notification.ts';

/** A message on the phone: its id, the alarm it is about, and what more the test says. */
const message = (id: string, alarm: string, rest: Partial<Notification> = {}): Message => ({
  notification: notification(id, { alarm, ...rest }),
  receivedAt: '2026-11-24T02:00:01.000Z',
  acknowledgement: null,
});

const acknowledged = (of: Message): Message => ({
  ...of,
  acknowledgement: { outcome: 'acknowledged', by: '李志强', at: null, reason: null },
});

/** A page that was opened while nothing had happened. */
function open(): Screen {
  const screen = new Screen();
  screen.take([]);
  return screen;
}

const shown = (screen: Screen) =>
  screen.cards().map(({ message: { notification }, isOver, isWaiting }) => {
    const state = isOver ? 'over' : isWaiting ? 'waiting' : 'answered';
    return `${notification.id} ${state}`;
  });

test('an alarm that is over and comes again is not over', () => {
  const screen = open();
  screen.take([message('1', 'smoke')]);
  screen.take([message('2', 'smoke', { event: 'cleared' })]);
  expect(shown(screen)).toEqual(['2 over', '1 over']);
  screen.take([message('3', 'smoke')]);
  expect(shown(screen)).toEqual(['3 waiting', '2 over', '1 over']);
  screen.take([acknowledged(message('3', 'smoke'))]);
  expect(shown(screen)).toEqual(['3 answered', '2 over', '1 over']);
  screen.take([message('4', 'smoke', { event: 'cleared' })]);
  expect(shown(screen)).toEqual(['4 over', '3 over', '2 over', '1 over']);
});

test('what was kept from the day before says nothing of what rings today', () => {
  const screen = new Screen();
  screen.take([message('1', 'smoke'), message('2', 'smoke', { event: 'cleared' })]);
  expect(screen.take([message('3', 'smoke')])).toEqual({
    fresh: new Set(['3']),
    rings: 'critical',
  });
  expect(shown(screen)[0]).toBe('3 waiting');
});

test('the end of one alarm ends no other', () => {
  const screen = open();
  screen.take([message('1', 'smoke'), message('2', 'freezer')]);
  screen.take([message('3', 'smoke', { event: 'cleared' })]);
  expect(shown(screen)).toEqual(['3 over', '2 waiting', '1 over']);
});

test('opening the page is quiet, the first alarm after a lost connection is not', () => {
  const screen = new Screen();
  // nothing had happened when it was opened: what comes with the connection is news all the same
  expect(screen.take([])).toEqual({ fresh: new Set(), rings: undefined });
  expect(screen.take([message('1', 'smoke')])).toEqual({
    fresh: new Set(['1']),
    rings: 'critical',
  });

  const late = new Screen();
  expect(late.take([message('1', 'smoke')])).toEqual({ fresh: new Set(), rings: undefined });
  expect(late.take([message('1', 'smoke')]).rings).toBeUndefined();
});

test('the gravest of what needs somebody is what rings', () => {
  const screen = open();
  const minor = message('1', 'battery', { severity: 'minor' });
  const over = message('2', 'smoke');
  const end = message('3', 'smoke', { event: 'cleared' });
  const answered = acknowledged(message('4', 'gas'));
  const notice = message('5', 'licence', { event: 'notice', severity: 'major' });
  expect(screen.take([minor, over, end, answered, notice]).rings).toBe('minor');
  expect(screen.take([message('6', 'leak', { severity: 'major' }), minor]).rings).toBe('major');
  expect(screen.take([message('7', 'leak', { event: 'cleared' })]).rings).toBeUndefined();
});

test('it keeps as many as the phone does', () => {
  const screen = open();
  screen.take(Array.from({ length: 502 }, (_, i) => message(String(i + 1), `alarm-${i + 1}`)));
  expect(screen.cards()).toHaveLength(500);
  expect(shown(screen).at(-1)).toBe('3 waiting');
});
