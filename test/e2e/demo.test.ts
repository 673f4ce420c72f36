import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Exchange } from '../../simulators/providers/provider.ts';
import { Folder } from '../harness/folder.ts';
import { outcome } from './support/codes.ts';
import { CommandLine, FAULT, run } from './support/process.ts';
import { type AlarmSaid, School } from './support/school.ts';
import { until } from './support/until.ts';

const EXAMPLE = join(import.meta.dirname, '../../campus.example.yaml');
const DETECTOR = 'canteen-dining-smoke-1';

/** Some of a message as the phone's page shows it. */
interface Shown {
  notification: { id: string; event: string; device: { id: string } };
  receivedAt: string;
  acknowledgement: { outcome: string } | null;
}

/** The demonstration in a process of its own, on free ports. */
class Demo extends CommandLine {
  phone = '';
  gateway = '';
  readonly started = Date.now();

  static async start(data: string, ...options: string[]): Promise<Demo> {
    const ports = ['--http-port', '0', '--mqtt-port', '0', '--phone-port', '0'];
    const demo = new Demo(['demo', '--data', data, ...ports, ...options]);
    const find = async (pattern: RegExp) => (await demo.says(pattern))[1] ?? '';
    demo.phone = await find(/open this page +(http:\S+)/);
    demo.gateway = await find(/gateway +(http:\S+)/);
    return demo;
  }

  async inbox(): Promise<Shown[]> {
    return (await this.page()).messages;
  }

  /** The message that an alarm of this device was raised, once it is there. */
  raised(id: string): Promise<Shown> {
    return until(`the message of ${id}`, async () =>
      (await this.inbox()).find(
        ({ notification: { event, device } }) => event === 'raised' && device.id === id,
      ),
    );
  }

  async exchanges(): Promise<Exchange[]> {
    return (await this.page()).exchanges;
  }

  /** What the phone's page is sent when it is opened. */
  async page(): Promise<{ messages: Shown[]; exchanges: Exchange[] }> {
    const page = await fetch(`${this.phone}/events`);
    let text = '';
    for await (const chunk of page.body ?? []) {
      text += Buffer.from(chunk).toString();
      const [, data] = /^event: all\ndata: (.*)\n\n/m.exec(text) ?? [];
      if (data === undefined) continue;
      return JSON.parse(data);
    }
    throw new Error('the phone said nothing');
  }

  async alarms(device: string): Promise<AlarmSaid[]> {
    const response = await fetch(`${this.gateway}/api/v1/alarms?device=${device}`);
    const { alarms }: { alarms: AlarmSaid[] } = JSON.parse(await response.text());
    return alarms;
  }
}

/** `npm run fault` on the demonstration of a data folder. */
const fault = (data: string, ...words: string[]) =>
  run([...words, '--data', data], { program: FAULT });

const post = async (url: string, body: object): Promise<Record<string, unknown>> => {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return JSON.parse(await response.text());
};

describe('the demonstration', { timeout: 180_000 }, () => {
  test('goes from a reading to the phone and back, stops at Ctrl-C, and goes on', async () => {
    using folder = new Folder();
    let alarm: number | undefined;
    {
      await using demo = await Demo.start(folder.path);
      // 2 s are promised; other tests want the machine, too
      const [, stored] = await demo.says(/first reading stored: (\S+) s/);
      expect(Number(stored)).toBeLessThan(15);
      // nobody lights a match: the school's own story begins with smoke in the boiler room
      const { notification, receivedAt } = await demo.raised('boiler-room-smoke-1');
      expect(Date.parse(receivedAt) - demo.started).toBeLessThan(60_000);
      const answer = await post(`${demo.phone}/notifications/${notification.id}/acknowledge`, {});
      expect(answer).toMatchObject({ outcome: 'acknowledged' });
      const [acknowledged] = await demo.alarms('boiler-room-smoke-1');
      expect(acknowledged?.acknowledgedBy).toBe(answer.by);
      alarm = acknowledged?.id;

      const ended = await demo.stops('SIGINT');
      expect({ code: ended.code, end: ended.stderr }).toEqual({
        code: 0,
        end: expect.stringContaining('all stopped'),
      });
    }

    await using demo = await Demo.start(folder.path);
    await demo.says(/first reading stored/);
    expect((await demo.alarms('boiler-room-smoke-1')).map(({ id }) => id)).toContain(alarm);
    const { acknowledgement } = await demo.raised('boiler-room-smoke-1');
    expect(acknowledgement).toMatchObject({ outcome: 'acknowledged' });
    expect((await demo.stops('SIGINT')).code).toBe(0);

    // a real school would have the simulated year as its last one
    const real = await run(['start', '--config', EXAMPLE, '--data', folder.path]);
    expect(outcome(real)).toEqual({ code: 1, codes: ['DATA_OF_DEMO'] });
    expect(real.stderr).toContain('--data school');
  });

  test('causes faults on request', async () => {
    using folder = new Folder();
    await using demo = await Demo.start(folder.path);
    const list = await fault(folder.path);
    expect(list.stdout).toMatch(
      /freezer_failure .*\n +--rate N .*\n +qingcheng\/canteen-freezer-1/,
    );
    expect((await fault(folder.path, 'smoke')).stdout).toContain(`qingcheng/${DETECTOR}`);

    const started = await fault(folder.path, 'smoke', DETECTOR, '--for', '3m');
    expect(started).toMatchObject({ code: 0, stdout: expect.stringContaining(DETECTOR) });
    await demo.raised(DETECTOR);
    const [, id = ''] = /-- end (\d+)/.exec(started.stdout) ?? [];
    const lasts = new RegExp(`^ +${id} +smoke +qingcheng/${DETECTOR}`, 'm');
    expect((await fault(folder.path)).stdout).toMatch(lasts);
    expect((await fault(folder.path, 'end', id)).code).toBe(0);
    expect((await fault(folder.path)).stdout).not.toMatch(lasts);

    const mistakes: [words: string[], said: RegExp][] = [
      [['smoke', 'canteen-freezer-1'], /can't have smoke; allowed: one of .*smoke-1/],
      [['smoke', DETECTOR, '--for', 'long'], /for: a duration such as/],
      [['earthquake', DETECTOR], /freezer_failure/],
      [['earthquake'], /there is no fault "earthquake"; .*freezer_failure/],
      [['end', id], /没有这个正在发生的故障/],
      [['end'], /the number of the fault is missing/],
      [['smoke', DETECTOR, 'now'], /too many words: now/],
      [['smoke', DETECTOR, '--loudly'], /npm run -s fault/],
    ];
    await Promise.all(
      mistakes.map(async ([words, said]) => {
        const refused = await fault(folder.path, ...words);
        expect(refused.code, words.join(' ')).toBe(1);
        expect(refused.stderr).toMatch(said);
      }),
    );
    await demo.stops('SIGINT');
    const late = await fault(folder.path, 'smoke', DETECTOR);
    expect(outcome(late)).toEqual({ code: 1, codes: ['DEMO_NOT_RUNNING'] });
  });

  test('promises nothing of another school but what it has', async () => {
    using folder = new Folder();
    const config = folder.write(
      'campus.yaml',
      'campus: {id: other, name: 别的小学}\ndevices: [{id: ice, profile: generic/freezer}]\n',
    );
    const data = folder.file('data');
    await using demo = await Demo.start(data, '--config', config);
    await demo.says(/Ctrl-C stops everything/);
    expect(demo.stdout).not.toMatch(/锅炉房|boiler|canteen|smoke/);
    const [, command = ''] = /cause a fault +npm run -s fault -- (.*)\n/.exec(demo.stdout) ?? [];
    expect(command).toContain('freezer_failure ice');
    expect((await run(command.split(' '), { program: FAULT })).code).toBe(0);

    // what was killed can't say goodbye
    await demo.dies();
    expect(outcome(await fault(data))).toEqual({ code: 1, codes: ['DEMO_NOT_RUNNING'] });
  });

  test('leaves the data of a real school alone', async () => {
    using school = new School('campus: {id: qingcheng, name: 青城小学}');
    await school.giveCredentials();
    const before = readdirSync(school.data);
    const refused = await run(['demo', '--data', school.data]);
    expect(outcome(refused)).toEqual({ code: 1, codes: ['DATA_OF_SCHOOL'] });
    expect(readdirSync(school.data)).toEqual(before);
  });

  test('--providers: what goes out by DingTalk, SMS and the others is on the page too', async () => {
    using folder = new Folder();
    await using demo = await Demo.start(folder.path, '--providers');
    await fault(folder.path, 'smoke', DETECTOR);
    const shown = await until('the providers have it', async () => {
      const exchanges = await demo.exchanges();
      const all = ['dingtalk', 'wecom', 'feishu', 'aliyun-sms', 'aliyun-voice', 'tencent-sms'];
      return all.every((name) => exchanges.some(({ provider }) => provider === name)) && exchanges;
    });
    expect(shown.find(({ provider }) => provider === 'dingtalk')).toMatchObject({
      title: expect.stringContaining('烟'),
      result: '{"errcode":0,"errmsg":"ok"}',
    });

    // a second one has providers of its own, which the first must not be sent to
    const school = () => readFileSync(folder.file('demo-campus.yaml'), 'utf8');
    const before = school();
    const second = await run(['demo', '--data', folder.path, '--phone-port', '0', '--providers']);
    expect(outcome(second)).toEqual({ code: 1, codes: ['DATA_IN_USE'] });
    expect(school()).toBe(before);
  });
});
