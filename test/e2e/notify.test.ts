import { afterEach, describe, expect, test } from 'vitest';
import { gatewaySettings } from '../../simulators/providers/settings.ts';
import { type Providers, startProviders } from '../../simulators/providers/start.ts';
import { codesOf } from './support/codes.ts';
import { run } from './support/process.ts';
import { Gateway, School } from './support/school.ts';

let providers: Providers | undefined;
afterEach(async () => {
  await providers?.stop();
});

interface Result {
  channel: string;
  outcome: string;
  code?: string;
}

describe('notify test', { timeout: 120_000 }, () => {
  test('sends a marked message by every channel, and says why one does not send', async () => {
    providers = await startProviders();
    const { channels, env } = gatewaySettings(providers);
    const { dingtalk, wecom, email } = channels;
    const yaml = `
campus: {id: qingcheng, name: 青城小学}
people: [{id: wang, name: 王秀英}]
notify: {channels: ${JSON.stringify({ dingtalk, wecom, email })}}
`;
    using school = new School(yaml);
    const where = ['--config', school.config, '--data', school.data];
    const command = (...words: string[]) =>
      run(['notify', 'test', ...words, '--data', school.data]);
    expect(codesOf(await command('wang'))).toEqual(['NOT_RUNNING']);

    const ports = ['--http-port', '0', '--mqtt-port', '0'];
    await using gateway = new Gateway(['start', ...where, ...ports], env);
    await gateway.runs();
    providers.fail('wecom', { status: 200, body: { errcode: 93000, errmsg: 'invalid webhook' } });

    const all = await command('wang', '--json');
    expect(all.code).toBe(1);
    const results = all.stdout
      .trim()
      .split('\n')
      .map((line): Result => JSON.parse(line));
    expect(results).toMatchObject([
      { channel: 'dingtalk', outcome: 'sent' },
      { channel: 'wecom', outcome: 'retry', code: 'CHANNEL_SETUP' },
      { channel: 'email', outcome: 'failed', code: 'RECIPIENT_UNREACHABLE' },
    ]);
    expect(providers.received.map(({ title }) => title)).toEqual(['【测试】通知测试']);
    expect(await gateway.alarms()).toEqual([]);

    const one = await command('qingcheng/wang', '--channel', 'dingtalk');
    expect(one).toMatchObject({ code: 0, stdout: expect.stringContaining('✓ dingtalk') });
    const wrong = await command('wang', '--channel', 'wecom');
    expect(wrong.stdout).toMatch(/✗ wecom(.|\n)*→ 请检查密钥/);

    const codes = async (...words: string[]) => codesOf(await command(...words));
    expect(await codes('nobody')).toEqual(['PERSON_UNKNOWN']);
    expect(await codes('wang', '--channel', 'pigeon')).toEqual(['CHANNEL_UNKNOWN']);
    expect(await codes()).toEqual(['USAGE']);
  });
});
