import type { ServerResponse } from 'node:http';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import type { WebSocket } from 'ws';

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
  dingtalk: { token: string; secret: string; clientId: string; clientSecret: string };
  wecom: { key: string };
  feishu: { hook: string; secret: string; appId: string; appSecret: string };
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

/** What a provider was asked to deliver, and what it said. */
export interface Exchange extends Omit<ReceivedMessage, 'raw'> {
  result: string;
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
  /** Not about a message: a connection or a token was asked for. */
  isAside?: true;
  /** What it delivers; an error delivers nothing. */
  delivers?: Pick<ReceivedMessage, 'to' | 'title' | 'text' | 'raw'>;
}

export interface Provider {
  answer(call: Call): Answer;
  /** What it says when in trouble. */
  busy: Answer;
  /** Answers a GET that stays open, where the vendor has one. */
  stream?(call: Call, response: ServerResponse): void;
  /** Takes a WebSocket, where the vendor has one. */
  connect?(call: Call, socket: WebSocket): void;
  /** Somebody writes to the robot. What is not confirmed is sent again to the next connection. */
  say?(words: Words): void;
  /** How many gateways listen. */
  listeners?(): number;
  /** Ends every connection. */
  cut?(): void;
}

/** What somebody writes to a robot. */
export interface Words {
  /** The id by which the vendor knows the writer. */
  sender: string;
  text: string;
  /** Milliseconds since 1970. */
  time: number;
  /** The vendor's id of it; the same is the same message once more. */
  id: string;
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
