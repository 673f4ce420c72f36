import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Millis } from '../clock.ts';
import { CodedError } from '../errors.ts';

/**
 * Acknowledgement links carry the notification's id and an expiry, signed with HMAC-SHA256 (cut to
 * 128 bits, RFC 2104 section 5): whoever has the message may acknowledge, without a login.
 */
export function createToken(secret: string, notification: number, expires: Millis): string {
  const claim = `${notification.toString(36)}.${Math.floor(expires / 1000).toString(36)}`;
  return `${claim}.${mac(secret, claim)}`;
}

/** The notification a token was made for. Throws LINK_INVALID or LINK_EXPIRED. */
export function readToken(secret: string, token: string, now: Millis): number {
  const match = /^([0-9a-z]{1,11}\.([0-9a-z]{1,9}))\.([\w-]{22})$/.exec(token);
  const [, claim = '', expires = '', signature = ''] = match ?? [];
  const expected = mac(secret, claim);
  if (!match || !timingSafeEqual(Buffer.from(signature), Buffer.from(expected))) {
    throw new CodedError('LINK_INVALID');
  }
  if (Number.parseInt(expires, 36) * 1000 < now) throw new CodedError('LINK_EXPIRED');
  return Number.parseInt(claim, 36);
}

/** The token in an acknowledgement link. */
export const tokenOf = (url: string): string => url.slice(url.lastIndexOf('/') + 1);

/** By which a phone's calendar, which can send no other credential, asks for a campus's roster. */
export const calendarToken = (secret: string, campus: string): string =>
  digest(secret, `calendar ${campus}`);

const mac = (secret: string, claim: string): string => digest(secret, `acknowledge ${claim}`);

const digest = (secret: string, text: string): string =>
  createHmac('sha256', secret).update(text).digest().subarray(0, 16).toString('base64url');
