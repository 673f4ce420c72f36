import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Clock, Millis } from '../../clock.ts';
import type { Channel, Outcome } from '../channel.ts';
import { atMostOnce, below, OWN_CONNECTION, post, type Reply, unexpected } from './http.ts';
import { failed, judged, sent, untilMidnightInChina, type Verdict } from './outcome.ts';
import { mobileNumber } from './phone.ts';
import { guarded } from './redact.ts';
import { signTc3 } from './tencent-tc3.ts';
import { templateVariables } from './variables.ts';

const VERSION = '2021-01-11';
const SECOND: Millis = 1000;

/** The first that fits says what a code means; one that fits none is tried again. */
const VERDICTS: readonly (readonly [RegExp, Verdict])[] = [
  [/^(RequestLimitExceeded|LimitExceeded)/, 'limited'],
  [/^(AuthFailure|UnauthorizedOperation)/, 'setup'],
  [/^FailedOperation\.(InsufficientBalance|SignatureIncorrect|TemplateIncorrect)/, 'setup'],
  [/^(FailedOperation|InvalidParameter|MissingParameter|Unsupported|UnknownParameter)/, 'refused'],
];

const Answer = Type.Object({
  Response: Type.Object({
    Error: Type.Optional(Type.Object({ Code: Type.String(), Message: Type.String() })),
    SendStatusSet: Type.Optional(
      Type.Array(
        Type.Object({
          Code: Type.String(),
          Message: Type.Optional(Type.String()),
          SerialNo: Type.Optional(Type.String()),
        }),
      ),
    ),
  }),
});

export interface TencentSmsOptions {
  name: string;
  clock: Clock;
  secretId: string;
  secretKey: string;
  sdkAppId: string;
  signName: string;
  /** A template with {1} place, {2} item, {3} value and {4} time. */
  templateId: string;
  clearedTemplateId?: string | undefined;
  region?: string;
  variableLength?: number;
  baseUrl?: string | undefined;
}

/** SMS by Tencent Cloud; as with Aliyun's, never sent twice. */
export function tencentSmsChannel(options: TencentSmsOptions): Channel {
  const { name, clock, secretId, secretKey, sdkAppId, signName, templateId } = options;
  const { clearedTemplateId = templateId, variableLength = 20 } = options;
  const { region = 'ap-guangzhou', baseUrl = 'https://sms.tencentcloudapi.com' } = options;
  const channel: Channel = {
    name,
    kind: 'tencent-sms',
    async send(message, to, signal) {
      if (!to.phone) return failed('RECIPIENT_UNREACHABLE', 'no phone number');
      const phone = mobileNumber(to.phone);
      if (phone === undefined) return failed('PHONE_INVALID', to.phone);
      const { place, item, value, time } = templateVariables(message, variableLength);
      const body = JSON.stringify({
        PhoneNumberSet: [`+86${phone}`],
        SmsSdkAppId: sdkAppId,
        SignName: signName,
        TemplateId: message.event === 'cleared' ? clearedTemplateId : templateId,
        TemplateParamSet: [place, item, value, time],
        SessionContext: message.id,
      });
      const url = below(baseUrl, '/');
      const { host, pathname: path } = new URL(url);
      const timestamp = Math.floor(clock.now() / 1000);
      const request = { host, path, service: 'sms', timestamp, body };
      const headers = {
        ...OWN_CONNECTION,
        ...signTc3(request, secretId, secretKey).headers,
        'x-tc-action': 'SendSms',
        'x-tc-version': VERSION,
        'x-tc-region': region,
      };
      return atMostOnce(post({ url, headers, body }, signal, clock), (reply) =>
        judgeTencent(reply, clock.now()),
      );
    },
  };
  return guarded(channel, [secretId, secretKey]);
}

/** What the answer means: the code of the number it was sent to, or of the whole (channels.md). */
export function judgeTencent(reply: Reply, now: Millis): Outcome {
  const { body } = reply;
  if (!Value.Check(Answer, body)) return unexpected(reply);
  const { Error: error, SendStatusSet: [status] = [] } = body.Response;
  if (status?.Code === 'Ok') return sent(`Ok ${status.SerialNo ?? ''}`);
  const { Code, Message = '' } = error ?? status ?? { Code: 'no status', Message: '' };
  const verdict = VERDICTS.find(([pattern]) => pattern.test(Code))?.[1] ?? 'busy';
  const after = verdict === 'limited' ? quotaWait(Code, now) : reply.after;
  return judged(verdict, `${Code} ${Message}`, after);
}

/** LimitExceeded.PhoneNumberThirtySecondLimit, …OneHourLimit, …DailyLimit and so on. */
function quotaWait(code: string, now: Millis): Millis {
  if (code.includes('Daily')) return untilMidnightInChina(now);
  if (code.includes('OneHour')) return 3600 * SECOND;
  if (code.includes('ThirtySecond')) return 30 * SECOND;
  return 60 * SECOND;
}
