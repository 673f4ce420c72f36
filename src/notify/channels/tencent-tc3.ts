import { createHash, createHmac } from 'node:crypto';

const CONTENT_TYPE = 'application/json; charset=utf-8';

export interface Tc3Request {
  host: string;
  /** `/`, unless the base address has a path. */
  path: string;
  service: string;
  /** Seconds since 1970; it is signed, and its day in UTC is part of the key. */
  timestamp: number;
  body: string;
}

/**
 * Signs a JSON POST for Tencent Cloud: TC3-HMAC-SHA256 over `content-type` and `host`, with a key
 * made for the day and the service. `host` follows from the address.
 */
export function signTc3(
  { host, path, service, timestamp, body }: Tc3Request,
  secretId: string,
  secretKey: string,
): { headers: Record<string, string>; signature: string } {
  const date = new Date(timestamp * 1000).toISOString().slice(0, 10);
  const scope = `${date}/${service}/tc3_request`;
  const signedHeaders = 'content-type;host';
  const canonical = [
    'POST',
    path,
    '',
    `content-type:${CONTENT_TYPE}`,
    `host:${host}`,
    '',
    signedHeaders,
    sha256(body),
  ].join('\n');
  const toSign = ['TC3-HMAC-SHA256', timestamp, scope, sha256(canonical)].join('\n');
  const key = hmac(hmac(hmac(`TC3${secretKey}`, date), service), 'tc3_request');
  const signature = hmac(key, toSign).toString('hex');
  const authorization = `TC3-HMAC-SHA256 Credential=${secretId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
  return {
    headers: {
      'content-type': CONTENT_TYPE,
      'x-tc-timestamp': String(timestamp),
      authorization,
    },
    signature,
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const hmac = (key: string | Buffer, data: string): Buffer =>
  createHmac('sha256', key).update(data).digest();
