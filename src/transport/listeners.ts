import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { listenError } from '../listen-error.ts';

/** Certificate and private key, as PEM. */
export interface Certificate {
  cert: string;
  key: string;
}

// Acknowledgements are small and must not wait for more. The system's own keepalive finds peers
// that are gone even where a device promised no MQTT keepalive.
const socketOptions = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 };

/** A TCP server, or a TLS one if there is a certificate. It does not listen yet. */
export function createListener(
  certificate: Certificate | undefined,
  handshakeTimeout: number,
  accept: (socket: Socket) => void,
): Server {
  if (!certificate) return createServer(socketOptions, accept);
  return createTlsServer({ ...socketOptions, ...certificate, handshakeTimeout }, accept);
}

/**
 * Starts listening and answers with the port; `port` 0 picks a free one. Throws PORT_IN_USE or
 * ADDRESS_UNUSABLE.
 */
export async function listen(server: Server, host: string, port: number, what: string) {
  server.listen({ host, port });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw listenError(error, host, port, what);
  }
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}
