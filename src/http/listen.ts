import type { FastifyInstance } from 'fastify';
import { listenError } from '../listen-error.ts';

/**
 * Opens the port, 0 a free one; answers the address to call. Throws PORT_IN_USE or ADDRESS_UNUSABLE.
 */
export async function listen(
  app: Pick<FastifyInstance, 'listen' | 'server'>,
  host: string,
  port: number,
  what = 'HTTP',
): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    throw listenError(error, host, port, what);
  }
  const address = app.server.address();
  const actual = typeof address === 'object' && address ? address.port : port;
  return `http://${host.includes(':') ? `[${host}]` : host}:${actual}`;
}
