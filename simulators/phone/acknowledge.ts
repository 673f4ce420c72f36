import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Acknowledgement } from './notification.ts';

const Answer = Type.Object({
  acknowledgedBy: Type.Optional(Type.String()),
  at: Type.Optional(Type.String()),
});

const TIMEOUT = 10_000;

/** Acknowledges an alarm at the gateway, as a person would by the link in a message. */
export async function acknowledgeAt(url: string): Promise<Acknowledgement> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
      },
      body: '',
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT),
    });
    const answer = parse(await response.text());
    const who = { by: answer.acknowledgedBy ?? null, at: answer.at ?? null, reason: null };
    if (response.ok) return { outcome: 'acknowledged', ...who };
    if (response.status === 409) return { outcome: 'already', ...who };
    if (response.status === 410) return { outcome: 'expired', ...who };
    return { outcome: 'failed', ...who, reason: `HTTP ${response.status}` };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { outcome: 'failed', by: null, at: null, reason };
  }
}

/** An answer's own words are welcome; the status alone says what happened. */
function parse(body: string) {
  try {
    return Value.Parse(Answer, JSON.parse(body));
  } catch {
    return {};
  }
}
