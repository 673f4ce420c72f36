import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { Clerk } from '../../src/notify/clerk.ts';
import { countReadings } from '../../src/storage/query-day.ts';
import { RollUps } from '../../src/storage/rollups.ts';
import { configure, type SchoolYaml } from '../harness/configuration.ts';
import { rule } from '../harness/profiles.ts';
import { withProbe } from '../harness/scenes.ts';
import { type School, school } from '../harness/school.ts';

/** A school whose gateway reports by itself, as it does its roll-ups. */
const reporting = (yaml: SchoolYaml, start?: string): Promise<School> =>
  school(yaml, start, {
    parts: ({ core, clock, notifier }) => {
      const rollUps = new RollUps(core.database, core.pipeline.writer);
      const clerk = new Clerk({
        core,
        clock,
        log: pino({ level: 'silent' }),
        countReadings: async (campus, from, to) => {
          while (rollUps.step(clock.now()));
          return countReadings(core.database.connection, campus, from, to);
        },
        wrongClocks: () => 0,
        onFiled: notifier.kick,
      });
      return () => clerk.stop();
    },
  });

const WARM = withProbe(rule('warm', 'high: 8'));
const SILENT =
  '{id: silent, severity: minor, kind: silence, name: {zh: 失联, en: silent}, action: {zh: 看, en: Look}}';

const reports = (night: School) =>
  night.phone.inbox.filter(({ rule: kind }) => kind === 'daily-report');

describe('the daily report', () => {
  test('comes every morning, also when there is nothing to report', async () => {
    await using night = await reporting(WARM);
    await night.campus.thermometer('probe').holds(4);
    await night.clock.until('07:29');
    night.phone.expectNothingNew();
    await night.clock.forward('2m');
    const [first] = reports(night);
    expect(first).toMatchObject({
      event: 'notice',
      severity: 'info',
      person: { id: 'zhang' },
      acknowledgeUrl: null,
      title: { zh: '【日报告】零报告', en: '[Daily report] nothing to report' },
      brief: { zh: '报警0 未关0 失联0/1' },
    });
    expect(first?.text.zh).toBe(
      '11-23：无报警；无未关闭报警；设备 1 台，失联 0 台；收到读数 241 条。',
    );
    await night.clock.forward('3d');
    expect(reports(night).map(({ text }) => text.zh.slice(0, 5))).toEqual([
      '11-23',
      '11-24',
      '11-25',
      '11-26',
    ]);
  });

  test('tells of the day before, what is open, what is silent, and gaps in the roster', async () => {
    await using night = await reporting({
      ...withProbe(rule('warm', 'high: 8'), SILENT),
      roster:
        '{leader: li, shifts: [{person: zhang, days: [mon, tue, wed], from: "00:00", to: "00:00"}]}',
    });
    const probe = night.campus.thermometer('probe');
    await probe.measures(9);
    await night.clock.until('07:31');
    const [report] = reports(night);
    expect(report?.title.zh).toBe('【日报告】报警 2 起');
    expect(report?.text.zh).toBe(
      '11-23：报警 2 起（重要 1、一般 1）；未关闭 2 起：食堂 探头 warm、食堂 探头 失联；' +
        '设备 1 台，失联 1 台；收到读数 1 条；未来一周空班 1 处。',
    );
    expect(report?.brief?.zh).toBe('报警2 未关2 失联1/1');
  });

  test('of a day without readings is no zero report', async () => {
    await using night = await reporting(WARM);
    await night.clock.until('07:31');
    expect(reports(night)[0]?.title.zh).toBe('【日报告】无数据');
  });

  test('is sent once, however often the gateway starts', async () => {
    await using night = await reporting(WARM);
    await night.clock.until('07:29');
    await night.restart();
    await night.clock.forward('2m');
    await night.crash();
    await night.clock.forward('1m');
    await night.restart({ after: '1h' });
    await night.clock.forward('6h');
    expect(reports(night)).toHaveLength(1);
  });

  test('that the gateway was down for comes at the start, and says so', async () => {
    await using night = await reporting(WARM);
    await night.campus.thermometer('probe').measures(4);
    await night.restart({ after: '15h' });
    await night.clock.forward('1m');
    const [report] = reports(night);
    expect(report?.text.zh).toContain('网关停机 240 分钟');
    expect(report?.text.zh).toContain('迟报：本应 11-24 07:30 发出，当时网关未运行');
  });

  test('half a day late it is old news', async () => {
    await using night = await reporting(WARM);
    await night.restart({ after: '24h' });
    await night.clock.until('07:29');
    expect(reports(night)).toEqual([]);
  });

  test('is not owed by a gateway that is new', async () => {
    await using night = await reporting(WARM, '2026-11-23T09:00:00+08:00');
    await night.clock.until('07:29');
    expect(reports(night)).toEqual([]);
  });

  test('is owed like any message: tried again, and kept in the delivery log', async () => {
    await using night = await reporting(WARM);
    await night.clock.until('07:29');
    night.phone.isUnreachable();
    await night.clock.forward('10m');
    await night.restart();
    night.phone.isReachable();
    await night.clock.forward('2m');
    expect(reports(night)).toHaveLength(1);
    const [notice] = night.core.notices.list('qingcheng', 10);
    expect(notice).toMatchObject({ kind: 'daily-report', occasion: '2026-11-23' });
    const outcomes = notice?.notifications[0]?.deliveries.map(({ outcome }) => outcome);
    expect(outcomes?.slice(0, 2)).toEqual(['retry', 'retry']);
    expect(outcomes?.at(-1)).toBe('sent');
  });

  test('waits for a disk that can be written, and is sent once then', async () => {
    await using night = await reporting(WARM);
    await night.clock.until('07:29');
    night.diskFails();
    await night.clock.forward('10m');
    night.diskWorks();
    await night.clock.forward('10m');
    expect(reports(night)).toHaveLength(1);
  });

  test('goes to whom the campus names, at its time, or not at all', async () => {
    const dailyReport = (keys: string) =>
      `{webhook: {url: "http://phone.invalid/"}, dailyReport: {${keys}}}`;
    const notify = dailyReport('at: "06:00", to: [everyone]');
    await using night = await reporting({ ...WARM, notify });
    await night.clock.until('06:01');
    expect(reports(night).map(({ person }) => person?.name)).toEqual(['张伟', '李娜']);
    await night.follow(configure({ ...WARM, notify: dailyReport('off: true') }));
    await night.clock.forward('2d');
    expect(reports(night)).toHaveLength(2);
  });

  test('moved to a later time on the same day does not come twice', async () => {
    await using night = await reporting(WARM);
    await night.clock.until('07:31');
    const notify = '{webhook: {url: "http://phone.invalid/"}, dailyReport: {at: "09:00"}}';
    await night.follow(configure({ ...WARM, notify }));
    await night.clock.until('09:01');
    expect(reports(night)).toHaveLength(1);
    await night.clock.forward('1d');
    expect(reports(night)).toHaveLength(2);
  });
});

test('a report to nobody or by an unknown channel is a mistake with its line', () => {
  const notify = '{dailyReport: {to: [nobody], channels: [pigeon]}}';
  expect(() => configure({ ...WARM, notify })).toThrow(
    /dailyReport\.channels\[0\]: found "pigeon"(.|\n)*dailyReport\.to\[0\]: found "nobody"/,
  );
});

describe('the heartbeat by a second channel', () => {
  const BEATING = {
    ...WARM,
    notify: `{
      webhook: {url: "http://phone.invalid/"}, channels: {mail: {kind: email, host: h, from: a@b.cn}},
      dailyReport: {off: true},
      heartbeatMessage: {at: ["12:00", "21:00"], channels: [mail], to: [li]}}`,
  };
  const beats = (night: School) =>
    night.phone.inbox.map(
      ({ arrived, person, title }) =>
        `${night.clock.say(arrived).slice(6, 11)} ${person?.name} ${title.zh}`,
    );

  test('comes at its times, to whom it names, and by that channel only', async () => {
    await using night = await reporting(BEATING);
    await night.clock.forward('1d');
    expect(beats(night)).toEqual([
      '21:00 李娜 【心跳】网关运行正常',
      '12:00 李娜 【心跳】网关运行正常',
    ]);
    const [last] = night.core.notices.list('qingcheng', 1);
    expect(last?.notifications.map(({ channel }) => channel)).toEqual(['mail']);
    expect(last?.text.zh).toMatch(/^11-24 12:00：设备 1 台，失联 \d 台；未关闭报警 \d 起。/);
  });

  test('stays away while the gateway is down, and comes once over a restart', async () => {
    await using night = await reporting(BEATING);
    await night.clock.until('20:50');
    await night.restart({ after: '1h' });
    await night.clock.until('12:01');
    await night.restart();
    await night.clock.forward('10m');
    expect(beats(night)).toEqual(['12:00 李娜 【心跳】网关运行正常']);
  });

  test('to nobody or by an unknown channel is a mistake with its line', () => {
    const notify = '{heartbeatMessage: {to: [nobody], channels: [pigeon]}}';
    expect(() => configure({ ...WARM, notify })).toThrow(
      /heartbeatMessage\.channels\[0\]: found "pigeon"(.|\n)*heartbeatMessage\.to\[0\]: found "nobody"/,
    );
  });
});

describe('the hand-over', () => {
  const SHIFTS = {
    ...WARM,
    roster: `{handOver: true, shifts: [
      {person: zhang, from: "08:00", to: "20:00"}, {person: li, from: "20:00", to: "08:00"}]}`,
    notify: '{webhook: {url: "http://phone.invalid/"}, dailyReport: {off: true}}',
  };
  const handOvers = (night: School) =>
    night.phone.inbox.filter(({ rule: kind }) => kind === 'hand-over');
  const AFTERNOON = '2026-11-23T15:00:00+08:00';

  test('tells who comes on duty what is open', async () => {
    await using day = await reporting(SHIFTS, AFTERNOON);
    await day.campus.thermometer('probe').measures(9);
    await day.clock.until('20:01');
    await day.restart();
    await day.clock.until('08:01');
    expect(handOvers(day).map(({ person, text }) => [person?.name, text.zh])).toEqual([
      ['李娜', '张伟 → 李娜：未关闭报警 1 起：食堂 探头 warm。'],
      ['张伟', '李娜 → 张伟：未关闭报警 1 起：食堂 探头 warm。'],
    ]);
  });

  test('that fell into a restart is made up for within the hour', async () => {
    await using day = await reporting(SHIFTS, AFTERNOON);
    await day.clock.until('19:50');
    await day.restart({ after: '30m' });
    await day.clock.forward('1m');
    expect(handOvers(day)).toHaveLength(1);
    await day.clock.until('07:50');
    await day.restart({ after: '2h' });
    await day.clock.forward('1m');
    expect(handOvers(day)).toHaveLength(1);
  });

  test('is not sent where the same person stays, nor unless the campus wants it', async () => {
    const shifts = `shifts: [
      {person: zhang, from: "08:00", to: "20:00"}, {person: zhang, from: "20:00", to: "08:00"}]`;
    await using day = await reporting(
      { ...SHIFTS, roster: `{handOver: true, ${shifts}}` },
      AFTERNOON,
    );
    await day.clock.forward('2d');
    expect(handOvers(day)).toEqual([]);
    const unwanted = SHIFTS.roster.replace('handOver: true, ', '');
    await using other = await reporting({ ...SHIFTS, roster: unwanted }, AFTERNOON);
    await other.clock.forward('2d');
    expect(handOvers(other)).toEqual([]);
  });
});
