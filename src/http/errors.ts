import type { FastifyReply, FastifyRequest } from 'fastify';
import { CodedError, describe } from '../errors.ts';
import type { ErrorShape } from './shapes.ts';
import { requestInvalid } from './validator.ts';

/** Seconds after which a client may ask again when the gateway is busy. */
const RETRY_AFTER = '5';

/** Any error as one of the catalogue's; what nobody foresaw is INTERNAL and tells nothing. */
export function toCoded(error: unknown, request: FastifyRequest): CodedError {
  if (error instanceof CodedError) return error;
  const { code, statusCode } = fastifyError(error);
  const found = request.headers['content-type'] ?? 'none';
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new CodedError('REQUEST_TOO_LARGE', { limit: request.routeOptions.bodyLimit ?? 0 });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new CodedError('REQUEST_MEDIA_TYPE', { found: found.slice(0, 100) });
    case 'FST_ERR_HANDLER_TIMEOUT':
      return new CodedError('REQUEST_TIMEOUT', {
        seconds: (request.routeOptions.handlerTimeout ?? 0) / 1000,
      });
  }
  if (statusCode >= 400 && statusCode < 500 && error instanceof Error) {
    return requestInvalid(code === 'FST_ERR_BAD_URL' ? 'path' : 'body', error.message, {
      en: code.startsWith('FST_ERR_CTP') ? 'JSON as its schema says' : 'a well-formed request',
      zh: code.startsWith('FST_ERR_CTP') ? '符合模式的 JSON' : '格式正确的请求',
    });
  }
  return new CodedError('INTERNAL', { reason: `request ${request.id}` }, { cause: error });
}

/** An error as the API says it. */
export function sayError({ code, params }: CodedError): ErrorShape {
  const { where } = params;
  return { code, ...describe(code, params), where: where === undefined ? undefined : `${where}` };
}

/** Logs what somebody has to look at, once. */
export function logError(error: CodedError, request: FastifyRequest): void {
  // whoever hung up knows
  if (error.status < 500 || (request.raw.destroyed && !request.raw.complete)) return;
  const at = { method: request.method, url: redact(request.url) };
  if (error.code === 'INTERNAL') request.log.error({ err: error.cause, ...at }, 'a request failed');
  else request.log.warn({ code: error.code, ...at }, error.message);
}

/** Answers with an error; what the gateway does with every route's errors. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const coded = toCoded(error, request);
  logError(coded, request);
  prepareError(coded, reply);
  reply.type('application/json; charset=utf-8').send(sayError(coded));
}

/** The status of an error and the headers that go with it. */
export function prepareError({ status }: CodedError, reply: FastifyReply): void {
  reply.code(status);
  if (status === 401 || status === 403) hangUpOnUnread(reply);
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  if (status === 503 || status === 429) reply.header('retry-after', RETRY_AFTER);
}

/** A stranger who is still sending is not listened to: the connection ends with the answer. */
export function hangUpOnUnread(reply: FastifyReply): void {
  if (!reply.request.raw.complete) reply.header('connection', 'close');
}

/** What follows in such an address is a key, and nobody's business. */
export const redact = (url: string): string =>
  url.replace(/^(\/a\/|\/sms\/\w+\/|\/roster\/[^/]+\/).+/, '$1[redacted]');

function fastifyError(error: unknown): { code: string; statusCode: number } {
  if (typeof error !== 'object' || error === null) return { code: '', statusCode: 500 };
  const code = 'code' in error ? String(error.code) : '';
  const statusCode = 'statusCode' in error ? Number(error.statusCode) : 500;
  return { code, statusCode };
}
