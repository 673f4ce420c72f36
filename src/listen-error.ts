import { CodedError } from './errors.ts';

/** Why an address could not be listened on, in the catalogue's words; other errors pass unchanged. */
export function listenError(error: unknown, host: string, port: number, what: string): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'EADDRINUSE') {
    return new CodedError('PORT_IN_USE', { host, port, what }, { cause: error });
  }
  const reason = error.message;
  return new CodedError('ADDRESS_UNUSABLE', { host, port, what, reason }, { cause: error });
}
