import { randomUUID } from 'node:crypto';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Clock, Millis } from '../../clock.ts';
import type { Outcome } from '../channel.ts';
import { signAcs3 } from './aliyun-acs3.ts';
import { below, OWN_CONNECTION, post, type Reply, unexpected } from './http.ts';
import { judged, sent, untilMidnightInChina, type Verdict } from './outcome.ts';

/** SMS (dysmsapi) and voice (dyvmsapi) have one version (channels.md). */
const VERSION = '2017-05-25';
const MINUTE: Millis = 60_000;

/** The first that fits says what a code means; a business code that is unknown refuses. */
const VERDICTS: readonly (readonly [RegExp, Verdict])[] = [
  [/^isv\.(BUSINESS|DAY|MONTH)_LIMIT_CONTROL$|^Throttling/, 'limited'],
  [/^isp\.RAM_PERMISSION_DENY$|^isv\.(ACCOUNT_|OUT_OF_SERVICE|PRODUCT_UN)/, 'setup'],
  [/^isv\.(AMOUNT_NOT_ENOUGH|SMS_(TEMPLATE|SIGNATURE|SIGN)_|TTS_TEMPLATE_ILLEGAL)/, 'setup'],
  [/^(InvalidAccessKeyId|SignatureDoesNotMatch|IncompleteSignature|InvalidTimeStamp)/, 'setup'],
  [/^(Forbidden|NoPermission|InvalidSecurityToken|MissingAccessKeyId)/, 'setup'],
  [/^isv\./, 'refused'],
  [/^(Invalid|Missing|Unsupported)/, 'refused'],
];

const Answer = Type.Object({
  Code: Type.String(),
  Message: Type.Optional(Type.String()),
  BizId: Type.Optional(Type.String()),
  CallId: Type.Optional(Type.String()),
  RequestId: Type.Optional(Type.String()),
});

export interface AliyunAccount {
  clock: Clock;
  accessKeyId: string;
  accessKeySecret: string;
  baseUrl: string;
}

/** Calls an action of Aliyun's, all parameters in the query, signed with ACS3-HMAC-SHA256. */
export function callAliyun(
  { clock, accessKeyId, accessKeySecret, baseUrl }: AliyunAccount,
  action: string,
  query: Record<string, string>,
  signal: AbortSignal,
): Promise<Reply> {
  const { host, pathname } = new URL(below(baseUrl, '/'));
  const date = `${new Date(clock.now()).toISOString().slice(0, 19)}Z`;
  const signed = signAcs3(
    { host, path: pathname, query, action, version: VERSION, date, nonce: randomUUID(), body: '' },
    accessKeyId,
    accessKeySecret,
  );
  const url = below(baseUrl, `/?${signed.query}`);
  return post({ url, headers: { ...OWN_CONNECTION, ...signed.headers } }, signal, clock);
}

/** What the answer means: Code "OK", or why not (channels.md). */
export function judgeAliyun(reply: Reply, now: Millis): Outcome {
  const { body } = reply;
  if (!Value.Check(Answer, body)) return unexpected(reply);
  const { Code, Message = '', BizId, CallId } = body;
  if (Code === 'OK') return sent(`OK ${BizId ?? CallId ?? ''}`);
  const verdict = VERDICTS.find(([pattern]) => pattern.test(Code))?.[1] ?? 'busy';
  const after = verdict === 'limited' ? quotaWait(Code, Message, now) : reply.after;
  return judged(verdict, `${Code} ${Message}`, after);
}

/** 触发分钟级流控 / 小时级 / 天级: which of its quotas was met is only in the words. */
function quotaWait(code: string, message: string, now: Millis): Millis {
  if (code.startsWith('Throttling') || message.includes('分钟')) return MINUTE;
  if (message.includes('小时')) return 60 * MINUTE;
  return untilMidnightInChina(now);
}
