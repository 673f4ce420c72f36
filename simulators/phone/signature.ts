import { createHmac, timingSafeEqual } from 'node:crypto';

/** A message older or newer than this is not believed, in milliseconds. */
const TOLERANCE = 5 * 60_000;

/** `v1=<hex HMAC-SHA256(secret, timestamp + "." + body)>` */
export function sign(secret: string, timestamp: string, body: string | Buffer): string {
  return `v1=${createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')}`;
}

/** Whether the body was signed with the secret, and just now. */
export function isSigned(
  secret: string,
  headers: Record<string, string | string[] | undefined>,
  body: Buffer,
  now: number,
): boolean {
  const timestamp = headers['x-campus-timestamp'];
  const signature = headers['x-campus-signature'];
  if (typeof timestamp !== 'string' || typeof signature !== 'string') return false;
  if (!/^\d{1,16}$/.test(timestamp) || Math.abs(now - Number(timestamp)) > TOLERANCE) return false;
  const expected = Buffer.from(sign(secret, timestamp, body));
  const found = Buffer.from(signature);
  return expected.length === found.length && timingSafeEqual(expected, found);
}
