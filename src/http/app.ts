import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Needs no token, whoever asks: what it gives away is harmless, or the address is the secret. */
    open?: boolean;
    /** Needs a token even on loopback: it touches files or secrets of this machine. */
    privileged?: boolean;
  }
}

/** The Fastify instance with schemas that type their handlers. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;
