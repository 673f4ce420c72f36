import { createHmac } from 'node:crypto';

/**
 * The MQTT password of a simulated device, so that one secret serves all of them:
 * base64url(HMAC-SHA256(secret, username)).
 */
export function devicePassword(secret: string, username: string): string {
  return createHmac('sha256', secret).update(username).digest('base64url');
}
