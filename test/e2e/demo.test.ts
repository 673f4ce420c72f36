import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Exchange } from '../../simulators/providers/provider.ts';
import { Folder } from '../harness/folder.ts';
import { outcome } from './support/codes.ts';
import { CommandLine, run } from './support/process.ts';
import { type AlarmSaid, School } from './support/school.ts';
import { until } from './support/until.ts';

const EXAMPLE = join(import.meta.dirname, '../../campus.example.yaml');
const DETECTOR = 'canteen-dining-smoke-1';

/** Some of a message as the phone's page shows it. */
interface Shown {
  notification: { id: string; event: string; device: { id: string } };
  acknowledgement: { outcome: string } | null;
}

/** The demonstration in a process of its own, on free ports. */
class Demo extends CommandLine {
  phone = '';
  gateway = '';
  faults = '';

  static async start(data: string, ...options: string[]): Promise<Demo> {
    const ports = ['--http-port', '0', '--mqtt-port', '0', '--phone-port', '0'];
    const demo = new Demo(['demo', '--data', data, ...ports, ...options]);
    const find = async (pattern: RegExp) => (await demo.says(pattern))[1] ?? '';
    demo.phone = await find(/open this page +(http:\S+)/);
    demo.gateway = await find(/gateway +(http:\S+)/);
    demo.faults = await find(/(http:\S+\/faults)/);
    return demo;
  }

  async inbox(): Promise<Shown[]> {
    return (await this.page()).messages;
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

  async alarms(): Promise<AlarmSaid[]> {
    const response = await fetch(`${this.gateway}/api/v1/alarms?device=${DETECTOR}`);
    const { alarms }: { alarms: AlarmSaid[] } = JSON.parse(await response.text());
    return alarms;
  }
}

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
      await demo.says(/first reading stored/);
      // the scenario has smoke after 20 s; here somebody lights a match at once
      await post(demo.faults, { fault: 'smoke', device: DETECTOR });
      const { notification } = await until('the message', async () =>
        (await demo.inbox()).find(
          ({ notification: { event, device } }) => event === 'raised' && device.id === DETECTOR,
        ),
      );
      const answer = await post(`${demo.phone}/notifications/${notification.id}/acknowledge`, {});
      expect(answer).toMatchObject({ outcome: 'acknowledged' });
      const [acknowledged] = await demo.alarms();
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
    expect((await demo.alarms()).map(({ id }) => id)).toContain(alarm);
    const kept = (await demo.inbox()).filter(
      ({ notification: { device } }) => device.id === DETECTOR,
    );
    expect(kept[0]?.acknowledgement).toMatchObject({ outcome: 'acknowledged' });
    expect((await demo.stops('SIGINT')).code).toBe(0);

    // a real school would have the simulated year as its last one
    const real = await run(['start', '--config', EXAMPLE, '--data', folder.path]);
    expect(outcome(real)).toEqual({ code: 1, codes: ['DATA_OF_DEMO'] });
    expect(real.stderr).toContain('--data school');
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
    const fault = { fault: 'smoke', device: DETECTOR };
    await post(demo.faults, fault);
    const shown = await until('the providers have it', async () => {
      const exchanges = await demo.exchanges();
      const all = ['dingtalk', 'wecom', 'feishu', 'aliyun-sms', 'aliyun-voice', 'tencent-sms'];
      return all.every((name) => exchanges.some(({ provider }) => provider === name)) && exchanges;
    });
    expect(shown.find(({ provider }) => provider === 'dingtalk')).toMatchObject({
      title: expect.stringContaining('烟'),
      result: '{"errcode":0,"errmsg":"ok"}',
    });
  });
});
