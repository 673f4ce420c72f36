import { expect, test } from 'vitest';
import { signAcs3 } from '../../../src/notify/channels/aliyun-acs3.ts';
import { signDingtalk } from '../../../src/notify/channels/dingtalk.ts';
import { signFeishu } from '../../../src/notify/channels/feishu.ts';
import { signTc3 } from '../../../src/notify/channels/tencent-tc3.ts';

// The vectors are the vendors' own, as channels.md has them.

test('DingTalk', () => {
  expect(signDingtalk('SECtest', 1700000000000)).toBe(
    'aZLLrriXgn05YbwaGR7knYsLeJADjr9NwLaNNKpxh4g=',
  );
});

test('Feishu', () => {
  expect(signFeishu('demo', 1599360473)).toBe('l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8=');
});

test('Aliyun: ACS3-HMAC-SHA256', () => {
  const { canonicalHash, headers, query } = signAcs3(
    {
      host: 'ecs.cn-shanghai.aliyuncs.com',
      path: '/',
      query: {
        RegionId: 'cn-shanghai',
        ImageId: 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd',
      },
      action: 'RunInstances',
      version: '2014-05-26',
      date: '2023-10-26T10:22:32Z',
      nonce: '3156853299f313e23d1673dc12e1703d',
      body: '',
    },
    'YourAccessKeyId',
    'YourAccessKeySecret',
  );
  expect(canonicalHash).toBe('7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259');
  expect(headers.authorization).toBe(
    'ACS3-HMAC-SHA256 Credential=YourAccessKeyId,' +
      'SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,' +
      'Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0',
  );
  expect(query).toBe(
    'ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai',
  );
});

test('Aliyun: a query is encoded as RFC 3986 wants it', () => {
  const { query } = signAcs3(
    {
      host: 'h',
      path: '/',
      query: { b: "a b*(1)'!~", A: '锅炉房+/' },
      action: 'a',
      version: 'v',
      date: 'd',
      nonce: 'n',
      body: '',
    },
    'id',
    'secret',
  );
  expect(query).toBe('A=%E9%94%85%E7%82%89%E6%88%BF%2B%2F&b=a%20b%2A%281%29%27%21~');
});

test('Tencent: TC3-HMAC-SHA256', () => {
  const { signature } = signTc3(
    {
      host: 'cvm.tencentcloudapi.com',
      path: '/',
      service: 'cvm',
      timestamp: 1551113065,
      body: '{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}',
    },
    'AKIDEXAMPLE',
    'Gu5t9xGARNpq86cd98joQYCN3EXAMPLE',
  );
  expect(signature).toBe('72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168');
});
