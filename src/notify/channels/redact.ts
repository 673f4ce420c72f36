import type { Channel, Outcome, Recipient } from '../channel.ts';
import { Unanswered } from './http.ts';
import { retry } from './outcome.ts';
import { maskNumber } from './phone.ts';

/** Any Chinese mobile number, not only the one that was written to. */
const MOBILE = /(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)/g;
const EMAIL = /[\w.!#$%&'*+/=?^`{|}~-]+@([\w-]+(?:\.[\w-]+)+)/g;

/** A text without secrets, with phone numbers as 138****0000 and mailboxes as ***@school.cn. */
export function redact(text: string, secrets: readonly string[], to: Recipient = {}): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret === '') continue;
    for (const form of new Set([secret, encodeURIComponent(secret)])) {
      clean = clean.replaceAll(form, '***');
    }
  }
  // a landline looks like any number: it is known by being written to
  if (to.phone) clean = clean.replaceAll(to.phone, maskNumber(to.phone));
  return clean.replace(MOBILE, maskNumber).replace(EMAIL, '***@$1');
}

/** The channel's promise to those who use it: it never throws, and its details hold no secret. */
export function guarded(channel: Channel, secrets: readonly string[]): Channel {
  return {
    name: channel.name,
    kind: channel.kind,
    async send(message, to, signal) {
      let outcome: Outcome;
      try {
        outcome = await channel.send(message, to, signal);
      } catch (error) {
        outcome =
          error instanceof Unanswered
            ? error.outcome
            : retry('INTERNAL', error instanceof Error ? `${error.name}: ${error.message}` : '');
      }
      return { ...outcome, detail: redact(outcome.detail, secrets, to) };
    },
  };
}
