import { createHash, createHmac } from 'node:crypto';

export interface Acs3Request {
  host: string;
  /** `/`, unless the base address has a path. */
  path: string;
  query: Record<string, string>;
  action: string;
  version: string;
  /** `2023-10-26T10:22:32Z` */
  date: string;
  nonce: string;
  body: string;
}

/**
 * Signs a POST for Aliyun: ACS3-HMAC-SHA256 over the method, the path, the sorted query, the
 * `host` and `x-acs-*` headers and the hash of the body. Answers the query and the headers to send;
 * `host` is not among them, it follows from the address.
 */
export function signAcs3(
  request: Acs3Request,
  accessKeyId: string,
  accessKeySecret: string,
): { query: string; headers: Record<string, string>; canonicalHash: string } {
  const headers: Record<string, string> = {
    'x-acs-action': request.action,
    'x-acs-content-sha256': sha256(request.body),
    'x-acs-date': request.date,
    'x-acs-signature-nonce': request.nonce,
    'x-acs-version': request.version,
  };
  const signed = Object.entries({ host: request.host, ...headers }).toSorted(byName);
  const signedHeaders = signed.map(([name]) => name).join(';');
  const query = Object.entries(request.query)
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .toSorted(byName)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const canonicalHash = sha256(
    [
      'POST',
      request.path,
      query,
      ...signed.map(([name, value]) => `${name}:${value}`),
      '',
      signedHeaders,
      headers['x-acs-content-sha256'],
    ].join('\n'),
  );
  const signature = createHmac('sha256', accessKeySecret)
    .update(`ACS3-HMAC-SHA256\n${canonicalHash}`)
    .digest('hex');
  const authorization = `ACS3-HMAC-SHA256 Credential=${accessKeyId},SignedHeaders=${signedHeaders},Signature=${signature}`;
  return { query, headers: { ...headers, authorization }, canonicalHash };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const byName = ([a]: readonly [string, string], [b]: readonly [string, string]): number =>
  a < b ? -1 : a > b ? 1 : 0;

/** RFC 3986, which is stricter than encodeURIComponent. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
