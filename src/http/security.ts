import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CodedError } from '../errors.ts';

const HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** Refuses to serve everybody: throws HTTP_WIDE_OPEN for an address beyond loopback without a token. */
export function checkAddress(host: string, hasToken: boolean): void {
  if (!hasToken && !isLoopback(host)) throw new CodedError('HTTP_WIDE_OPEN', { host });
}

export interface GuardOptions {
  /** What every request must carry; undefined: loopback only, and nothing is asked. */
  token: string | undefined;
  controlToken: string;
}

/**
 * Decides who may ask. With a token: whoever has it. Without one only this machine can connect, but
 * any web page open on it could too, by DNS rebinding or by a form that posts here: so the Host
 * must be loopback, and what changes something must come from our own pages. The address that
 * phones use (http.publicUrl) thereby reaches the acknowledgement pages and nothing else.
 */
export function createGuard({ token, controlToken }: GuardOptions) {
  const accepted = [token, controlToken].filter((known) => known !== undefined).map(digest);
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    reply.headers(HEADERS);
    const { open, privileged } = request.routeOptions.config;
    if (open || hasToken(request, accepted)) return;
    if (token !== undefined || privileged) throw new CodedError('TOKEN_NEEDED');
    const { host = '', origin } = request.headers;
    const name = parseUrl(`http://${host}`)?.hostname;
    if (name === undefined || !isLoopback(name)) {
      throw new CodedError('HOST_REFUSED', { host: host.slice(0, 100) });
    }
    const reads = request.method === 'GET' || request.method === 'HEAD';
    if (reads || origin === undefined) return;
    const from = parseUrl(origin)?.host;
    if (from !== host.toLowerCase()) {
      throw new CodedError('ORIGIN_REFUSED', { origin: origin.slice(0, 100) });
    }
  };
}

// digests have one length, so the comparison takes one time
const digest = (token: string): Buffer => createHash('sha256').update(token).digest();

function hasToken(request: FastifyRequest, accepted: readonly Buffer[]): boolean {
  const [, given] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (given === undefined) return false;
  const found = digest(given);
  return accepted.some((known) => timingSafeEqual(known, found));
}

/** Whether only this machine is reached by the name. */
export const isLoopback = (host: string): boolean =>
  /^(localhost|([^.]+\.)*localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|\[::1\])$/i.test(host);

const parseUrl = (url: string): URL | undefined => URL.parse(url) ?? undefined;
