import { createHash, createHmac } from 'node:crypto';
import { Type } from 'typebox';
import {
  type Answer,
  type Call,
  createIds,
  header,
  ok,
  type Provider,
  type ProviderSecrets,
  read,
} from './provider.ts';
import { SlidingWindow } from './quota.ts';

const SECOND = 1000;
const HOUR = 3600 * SECOND;

const Body = Type.Object({
  PhoneNumberSet: Type.Array(Type.String(), { minItems: 1, maxItems: 200 }),
  SmsSdkAppId: Type.String({ minLength: 1 }),
  SignName: Type.String({ minLength: 1 }),
  TemplateId: Type.String({ minLength: 1 }),
  TemplateParamSet: Type.Array(Type.String(), { minItems: 4, maxItems: 4 }),
});

const error = (Code: string, Message: string): Answer =>
  ok({ Response: { Error: { Code, Message }, RequestId: 'r' } });

/** sms.tencentcloudapi.com SendSms: one in 30 s, 5 an hour, 10 a day per number. */
export function createTencentSms(secrets: ProviderSecrets['tencent']): Provider {
  const windows = [
    { limit: 'PhoneNumberThirtySecondLimit', window: new SlidingWindow(1, 30 * SECOND) },
    { limit: 'PhoneNumberOneHourLimit', window: new SlidingWindow(5, HOUR) },
    { limit: 'PhoneNumberDailyLimit', window: new SlidingWindow(10, 24 * HOUR) },
  ];
  const serial = createIds('serial');

  /** What became of one number; the others are none of its business. */
  const status = (PhoneNumber: string, now: number) => {
    const says = (Code: string, Message: string, SerialNo = '') => ({
      SerialNo,
      PhoneNumber,
      Fee: Code === 'Ok' ? 1 : 0,
      SessionContext: '',
      Code,
      Message,
      IsoCode: 'CN',
    });
    if (!/^\+861[3-9]\d{9}$/.test(PhoneNumber)) {
      return says('InvalidParameterValue.IncorrectPhoneNumber', 'incorrect phone number');
    }
    const full = windows.find(({ window }) => !window.hasRoom(PhoneNumber, now));
    if (full) {
      const message = 'the number of SMS messages sent to one number exceeds the upper limit';
      return says(`LimitExceeded.${full.limit}`, message);
    }
    for (const { window } of windows) window.count(PhoneNumber, now);
    return says('Ok', 'send success', serial());
  };

  return {
    busy: error('InternalError.Timeout', 'Request timeout.'),
    answer(call) {
      const refusal = gate(call, secrets);
      if (refusal) return refusal;
      if (header(call, 'x-tc-action') !== 'SendSms')
        return error('InvalidAction', 'no such action');
      const body = read(Body, call.body);
      if (!body) return error('InvalidParameterValue.ProhibitedUseUrlInTemplateParameter', 'shape');
      const [place, item, value, time] = body.TemplateParamSet;
      const SendStatusSet = body.PhoneNumberSet.map((phone) => status(phone, call.now));
      const to = SendStatusSet.filter(({ Code }) => Code === 'Ok').map((one) => one.PhoneNumber);
      const text = `${place}：${item}，${value}，${time}，请立即处理。`;
      return ok(
        { Response: { SendStatusSet, RequestId: 'r' } },
        to.length === 0 ? undefined : { to, title: `【${body.SignName}】`, text, raw: body },
      );
    },
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const hmac = (key: string | Buffer, text: string) =>
  createHmac('sha256', key).update(text).digest();

/** Checks TC3-HMAC-SHA256 from what came over the wire. */
function gate(call: Call, { secretId, secretKey }: ProviderSecrets['tencent']): Answer | undefined {
  const [, credential, date = '', service = '', signedHeaders = '', signature] =
    /^TC3-HMAC-SHA256 Credential=([^/]*)\/([\d-]{10})\/(\w+)\/tc3_request, SignedHeaders=([^,]*), Signature=([0-9a-f]{64})$/.exec(
      header(call, 'authorization'),
    ) ?? [];
  const timestamp = header(call, 'x-tc-timestamp');
  if (credential !== secretId) {
    return error('AuthFailure.SecretIdNotFound', 'The SecretId is not found.');
  }
  const seconds = Number(timestamp);
  const day = new Date(seconds * SECOND).toISOString().slice(0, 10);
  if (Math.abs(call.now / SECOND - seconds) > 300 || day !== date) {
    return error('AuthFailure.SignatureExpire', 'The provided credentials have expired.');
  }
  const canonical = [
    call.method,
    call.path,
    '',
    ...signedHeaders.split(';').map((name) => `${name}:${signed(call, name)}`),
    '',
    signedHeaders,
    sha256(call.body),
  ].join('\n');
  const scope = `${date}/${service}/tc3_request`;
  const toSign = `TC3-HMAC-SHA256\n${timestamp}\n${scope}\n${sha256(canonical)}`;
  const key = hmac(hmac(hmac(`TC3${secretKey}`, date), service), 'tc3_request');
  if (signature === hmac(key, toSign).toString('hex') && service === 'sms') return undefined;
  const message =
    'The provided credentials could not be validated. Please check your signature is correct.';
  return error('AuthFailure.SignatureFailure', message);
}

const signed = (call: Call, name: string): string =>
  name === 'host' ? call.host : header(call, name);
