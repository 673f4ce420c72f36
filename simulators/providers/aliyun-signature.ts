import { createHash, createHmac } from 'node:crypto';
import { type Answer, type Call, header, type ProviderSecrets } from './provider.ts';

const QUARTER = 15 * 60_000;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const encode = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      if (/[\w.~-]/.test(char)) return char;
      return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');

/** Checks ACS3-HMAC-SHA256 from what came over the wire; the answer to a request that fails. */
export function createAliyunGate({ accessKeyId, accessKeySecret }: ProviderSecrets['aliyun']) {
  const nonces = new Set<string>();

  return (call: Call): Answer | undefined => {
    const [, credential, signedHeaders = '', signature] =
      /^ACS3-HMAC-SHA256 Credential=([^,]*),SignedHeaders=([^,]*),Signature=([0-9a-f]{64})$/.exec(
        header(call, 'authorization'),
      ) ?? [];
    const names = signedHeaders.split(';');
    const nonce = header(call, 'x-acs-signature-nonce');
    if (credential === undefined) return refuse(call, 400, 'IncompleteSignature');
    if (credential !== accessKeyId) return refuse(call, 404, 'InvalidAccessKeyId.NotFound');
    const age = call.now - Date.parse(header(call, 'x-acs-date'));
    if (!(Math.abs(age) <= QUARTER)) return refuse(call, 400, 'InvalidTimeStamp.Expired');
    const query = [...call.query]
      .map(([name, value]) => `${encode(name)}=${encode(value)}`)
      .sort()
      .join('&');
    const canonical = [
      call.method,
      call.path,
      query,
      ...names.map((name) => `${name}:${name === 'host' ? call.host : header(call, name)}`),
      '',
      signedHeaders,
      sha256(call.body),
    ].join('\n');
    const isComplete = ['host', 'x-acs-action', 'x-acs-content-sha256'].every((name) =>
      names.includes(name),
    );
    const expected = createHmac('sha256', accessKeySecret)
      .update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
      .digest('hex');
    if (!isComplete || signature !== expected) return refuse(call, 400, 'SignatureDoesNotMatch');
    if (nonces.has(nonce)) return refuse(call, 400, 'SignatureNonceUsed');
    nonces.add(nonce);
    return undefined;
  };
}

const MESSAGES: Record<string, string> = {
  IncompleteSignature: 'The request signature does not conform to Aliyun standards.',
  'InvalidAccessKeyId.NotFound': 'Specified access key is not found.',
  'InvalidTimeStamp.Expired': 'Specified time stamp or date value is expired.',
  SignatureDoesNotMatch: 'Specified signature does not match our calculation.',
  SignatureNonceUsed: 'Specified signature nonce was used already.',
};

/** The gateway of Aliyun repeats much of the request in its errors. */
function refuse({ host, query }: Call, status: number, code: string): Answer {
  return {
    status,
    body: {
      RequestId: '00000000-0000-0000-0000-000000000000',
      Message: `${MESSAGES[code] ?? code} query is:${query}`,
      Recommend: `https://api.aliyun.com/troubleshoot?q=${code}`,
      HostId: host,
      Code: code,
    },
  };
}
