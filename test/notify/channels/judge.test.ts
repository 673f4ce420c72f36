import { describe, expect, test } from 'vitest';
import { judgeAliyun } from '../../../src/notify/channels/aliyun.ts';
import { judgeBark } from '../../../src/notify/channels/bark.ts';
import { judgeDingtalk } from '../../../src/notify/channels/dingtalk.ts';
import { judgeSmtp } from '../../../src/notify/channels/email.ts';
import { judgeFeishu } from '../../../src/notify/channels/feishu.ts';
import type { Reply } from '../../../src/notify/channels/http.ts';
import { judgeNtfy } from '../../../src/notify/channels/ntfy.ts';
import { judgeServerchan } from '../../../src/notify/channels/serverchan.ts';
import { judgeTencent } from '../../../src/notify/channels/tencent-sms.ts';
import { judgeWecom } from '../../../src/notify/channels/wecom.ts';
import { NOW } from './support.ts';

const HOUR = 3_600_000;

const reply = (body: unknown, status = 200): Reply => ({
  status,
  type: 'application/json',
  body,
  after: undefined,
});

const SENT = { kind: 'sent' };
const BUSY = { kind: 'retry', code: 'CHANNEL_BUSY' };
const SETUP = { kind: 'retry', code: 'CHANNEL_SETUP', after: 300_000 };
const REFUSED = { kind: 'failed', code: 'CHANNEL_REFUSED' };
const limited = (after: number) => ({ kind: 'limited', code: 'CHANNEL_LIMITED', after });

describe('DingTalk', () => {
  test.each([
    [0, 'ok', SENT],
    [-1, '系统繁忙', BUSY],
    [130101, 'send too fast, exceed 20 times per minute', limited(600_000)],
    [410100, '发送速度太快而限流', limited(600_000)],
    [310000, 'keywords not in content', SETUP],
    [310000, 'sign not match', SETUP],
    [310000, 'ip 203.0.113.7 not in whitelist', SETUP],
    [300005, 'token is not exist', SETUP],
    [400102, '机器人已停用', SETUP],
    [400013, '群已被解散', SETUP],
    [430104, '含有不合适的内容', REFUSED],
    [999999, 'of the future', BUSY],
  ])('%i %s', (errcode, errmsg, outcome) => {
    expect(judgeDingtalk(reply({ errcode, errmsg }))).toMatchObject({
      ...outcome,
      detail: expect.stringContaining(`${errcode} ${errmsg}`),
    });
  });
});

test.each([
  [0, 'ok', SENT],
  [-1, 'system busy', BUSY],
  [45009, 'api freq out of limit', limited(60_000)],
  [93000, 'invalid webhook url', SETUP],
  [40058, 'text.content exceed max length 2048', REFUSED],
  [44004, 'empty content', REFUSED],
  [999999, 'of the future', BUSY],
])('WeCom: %i %s', (errcode, errmsg, outcome) => {
  expect(judgeWecom(reply({ errcode, errmsg }))).toMatchObject(outcome);
});

test.each([
  [0, 'success', SENT],
  [11232, 'frequency limited psm[lark.oapi.app_platform_runtime]', limited(60_000)],
  [9499, 'too many request', limited(60_000)],
  [9499, 'Bad Request', REFUSED],
  [19001, 'param invalid: incoming webhook access token invalid', SETUP],
  [19007, 'Bot Not Enabled', SETUP],
  [19021, 'sign match fail or timestamp is not within one hour', SETUP],
  [19022, 'Ip Not Allowed', SETUP],
  [19024, 'Key Words Not Found', SETUP],
  [999999, 'of the future', BUSY],
])('Feishu: %i %s', (code, msg, outcome) => {
  expect(judgeFeishu(reply({ code, msg, data: {} }))).toMatchObject(outcome);
});

test.each([
  ['OK', 'OK', SENT],
  ['isv.BUSINESS_LIMIT_CONTROL', '触发分钟级流控Permits:1', limited(60_000)],
  ['isv.BUSINESS_LIMIT_CONTROL', '触发小时级流控Permits:5', limited(HOUR)],
  ['isv.BUSINESS_LIMIT_CONTROL', '触发天级流控Permits:40', limited(22 * HOUR)],
  ['isv.DAY_LIMIT_CONTROL', '已经达到您在控制台设置的短信日发送量限额值', limited(22 * HOUR)],
  ['Throttling.User', 'Request was denied due to user flow control.', limited(60_000)],
  ['isv.AMOUNT_NOT_ENOUGH', '账户余额不足', SETUP],
  ['isv.SMS_TEMPLATE_ILLEGAL', '短信模板不合法', SETUP],
  ['isv.SMS_SIGNATURE_ILLEGAL', '短信签名不合法', SETUP],
  ['isp.RAM_PERMISSION_DENY', 'RAM权限DENY', SETUP],
  ['InvalidAccessKeyId.NotFound', 'Specified access key is not found.', SETUP],
  ['SignatureDoesNotMatch', 'Specified signature does not match', SETUP],
  ['InvalidTimeStamp.Expired', 'Specified time stamp is expired.', SETUP],
  ['SignatureNonceUsed', 'Specified signature nonce was used already.', BUSY],
  ['isp.SYSTEM_ERROR', '系统错误', BUSY],
  ['ServiceUnavailable', 'down', BUSY],
  ['isv.MOBILE_NUMBER_ILLEGAL', '手机号码格式错误', REFUSED],
  ['isv.BLACK_KEY_CONTROL_LIMIT', '黑名单管控', REFUSED],
  ['isv.PARAM_NOT_SUPPORT_URL', '不支持URL', REFUSED],
  ['isv.PARAM_LENGTH_LIMIT', '参数超出长度限制', REFUSED],
])('Aliyun: %s %s', (Code, Message, outcome) => {
  expect(judgeAliyun(reply({ Code, Message, RequestId: 'r' }), NOW)).toMatchObject(outcome);
});

describe('Tencent', () => {
  const CODES: [string, object][] = [
    ['LimitExceeded.PhoneNumberThirtySecondLimit', limited(30_000)],
    ['LimitExceeded.PhoneNumberOneHourLimit', limited(HOUR)],
    ['LimitExceeded.PhoneNumberDailyLimit', limited(22 * HOUR)],
    ['LimitExceeded.DeliveryFrequencyLimit', limited(60_000)],
    ['RequestLimitExceeded', limited(60_000)],
    ['AuthFailure.SignatureFailure', SETUP],
    ['AuthFailure.SecretIdNotFound', SETUP],
    ['UnauthorizedOperation.SmsSdkAppIdVerifyFail', SETUP],
    ['FailedOperation.InsufficientBalanceInSmsPackage', SETUP],
    ['FailedOperation.TemplateIncorrectOrUnapproved', SETUP],
    ['FailedOperation.PhoneNumberInBlacklist', REFUSED],
    ['InvalidParameterValue.IncorrectPhoneNumber', REFUSED],
    ['InternalError.Timeout', BUSY],
    ['Something.New', BUSY],
  ];

  test.each(CODES)('%s, of the whole request', (Code, outcome) => {
    const body = { Response: { Error: { Code, Message: 'why' }, RequestId: 'r' } };
    expect(judgeTencent(reply(body), NOW)).toMatchObject(outcome);
  });

  test.each(CODES)('%s, of the number', (Code, outcome) => {
    const body = { Response: { SendStatusSet: [{ Code, Message: 'why' }], RequestId: 'r' } };
    expect(judgeTencent(reply(body), NOW)).toMatchObject(outcome);
  });

  test('Ok', () => {
    const body = { Response: { SendStatusSet: [{ Code: 'Ok', SerialNo: '5000:1' }] } };
    expect(judgeTencent(reply(body), NOW)).toEqual({ kind: 'sent', detail: 'Ok 5000:1' });
  });

  test('nothing about the number is not success', () => {
    const body = { Response: { SendStatusSet: [], RequestId: 'r' } };
    expect(judgeTencent(reply(body), NOW)).toMatchObject({ kind: 'retry' });
  });
});

test.each([
  [200, { id: 'x', event: 'message' }, SENT],
  [200, { health: true }, { kind: 'retry', code: 'CHANNEL_ANSWER' }],
  [401, { code: 40101, http: 401, error: 'unauthorized' }, SETUP],
  [403, { code: 40301, http: 403, error: 'forbidden' }, SETUP],
  [413, { code: 41301, http: 413, error: 'too large' }, REFUSED],
  [429, { code: 42901, http: 429, error: 'limit reached' }, limited(60_000)],
  [507, { code: 50701, http: 507, error: 'insufficient storage' }, BUSY],
])('ntfy: HTTP %i', (status, body, outcome) => {
  expect(judgeNtfy(reply(body, status))).toMatchObject(outcome);
});

test.each([
  [200, 200, 'success', SENT],
  [500, 200, 'success', BUSY],
  [400, 400, 'failed to get device token: failed to get [k] device token from database', SETUP],
  [500, 500, 'push failed: BadDeviceToken', SETUP],
  [500, 500, 'push failed: apns', BUSY],
  [400, 400, 'request bind failed', REFUSED],
  [200, 429, 'too many', limited(60_000)],
])('Bark: HTTP %i, code %i, %s', (status, code, message, outcome) => {
  expect(judgeBark(reply({ code, message }, status))).toMatchObject(outcome);
});

test.each([
  [0, '', SENT],
  [40001, '[AUTH]错误的Key', SETUP],
  [40001, '[AUTH]超过当天的发送次数限制[5]，请24小时后再试', limited(22 * HOUR)],
  [50000, 'internal', BUSY],
])('Server酱: %i %s', (code, message, outcome) => {
  expect(judgeServerchan(reply({ code, message }), NOW)).toMatchObject(outcome);
});

test.each([
  [{ code: 'EAUTH', responseCode: 535, response: '535 authentication failed' }, SETUP],
  [{ code: 'EENVELOPE', responseCode: 550, response: '550 no such user' }, REFUSED],
  [{ code: 'EENVELOPE' }, REFUSED],
  [{ code: 'EMESSAGE', responseCode: 451, response: '451 later' }, BUSY],
  [{ code: 'EMESSAGE', responseCode: 554, response: '554 spam' }, REFUSED],
  [{ code: 'EDNS' }, { kind: 'retry', code: 'CHANNEL_UNREACHABLE' }],
  [{ code: 'ETIMEDOUT' }, { kind: 'retry', code: 'CHANNEL_NO_ANSWER' }],
  ['not even an error', { kind: 'retry', code: 'CHANNEL_NO_ANSWER' }],
])('e-mail: %j', (error, outcome) => {
  expect(judgeSmtp(error)).toMatchObject(outcome);
});

test.each([judgeDingtalk, judgeWecom, judgeFeishu, judgeNtfy, judgeBark])(
  'an answer without a code is never success: %s',
  (judge) => {
    for (const body of [undefined, null, {}, [], 'ok', 0, { errcode: '0', code: '0' }]) {
      expect(judge(reply(body)).kind).toBe('retry');
      expect(judge(reply(body, 404)).kind).toBe('retry');
    }
  },
);
