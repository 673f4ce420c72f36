import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';

export const PROVIDERS = [
  'dingtalk',
  'wecom',
  'feishu',
  'aliyun-sms',
  'aliyun-voice',
  'tencent-sms',
  'ntfy',
  'bark',
  'serverchan',
  'email',
] as const;
export type ProviderName = (typeof PROVIDERS)[number];

/** What the gateway's administrator and the provider agreed on. */
export interface ProviderSecrets {
  dingtalk: { token: string; secret: string };
  wecom: { key: string };
  feishu: { hook: string; secret: string };
  aliyun: { accessKeyId: string; accessKeySecret: string };
  tencent: { secretId: string; secretKey: string };
  ntfy: { topic: string; token: string };
  bark: { deviceKey: string };
  serverchan: { sendKey: string };
  email: { user: string; password: string };
}

/** How a provider misbehaves until told otherwise. */
export type Failure =
  /** Takes the request and answers nothing. */
  | 'stall'
  /** Delivers, and answers nothing: success without a word. */
  | 'silent'
  /** Closes the connection in the place of an answer. */
  | 'drop'
  /** HTTP 200 with a page, as a login page of the network has it. */
  | 'html'
  /** HTTP 200 with JSON that breaks off. */
  | 'malformed'
  /** Says success and delivers nothing. */
  | 'swallow'
  /** HTTP 200 with the vendor's own code for "in trouble". */
  | 'busy'
  /** Any other answer; without a body, a page with that status. */
  | { status: number; body?: unknown; headers?: Record<string, string> };

/** A message as the phone shows it. */
export interface ReceivedMessage {
  provider: ProviderName;
  /** Milliseconds since 1970. */
  time: number;
  /** Phone numbers, mailboxes, `@all`; empty: the whole group. */
  to: string[];
  title: string;
  text: string;
  /** What was sent, as it came. */
  raw: unknown;
}

/** A request to a provider. */
export interface Call {
  method: string;
  host: string;
  /** The path as the client wrote it, before `?`. */
  path: string;
  /** The path within the provider: without the prefix that tells providers apart here. */
  rest: string;
  query: URLSearchParams;
  headers: Record<string, string | string[] | undefined>;
  body: string;
  now: number;
}

export interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
  /** What it delivers; an error delivers nothing. */
  delivers?: Pick<ReceivedMessage, 'to' | 'title' | 'text' | 'raw'>;
}

export interface Provider {
  answer(call: Call): Answer;
  /** What it says when in trouble. */
  busy: Answer;
}

export const ok = (body: unknown, delivers?: Answer['delivers']): Answer => ({
  status: 200,
  body,
  ...(delivers ? { delivers } : {}),
});

/** A body of the expected shape; undefined for anything else. */
export function read<S extends TSchema>(schema: S, text: string): Static<S> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Value.Check(schema, value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A header that came once. */
export function header(call: Call, name: string): string {
  const value = call.headers[name];
  return typeof value === 'string' ? value : '';
}

/** An id as vendors make them up, the same in every run. */
export function createIds(prefix: string): () => string {
  let count = 0;
  return () => `${prefix}-${String(++count).padStart(6, '0')}`;
}
