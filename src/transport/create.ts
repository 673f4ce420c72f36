import type { MachineConfig } from '../campus/schema.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../storage/database.ts';
import { readCertificates } from './certificates.ts';
import { createEmbeddedBroker, type EmbeddedBroker, type EmbeddedOptions } from './embedded.ts';
import { createExternalBroker, type ExternalOptions } from './external.ts';
import { createSessionFilters } from './session-filters.ts';
import type { Receive, Transport } from './transport.ts';

/** A payload beyond transport.maxPayload becomes a dead letter; one beyond this, too, is not even read. */
const READ_ANYWAY = 4 * 1024 * 1024;

export interface TransportParts
  extends Pick<EmbeddedOptions, 'authenticate' | 'grants' | 'onRefused'>,
    Pick<ExternalOptions, 'filters' | 'onState'> {
  clock: Clock;
  database: Database;
  /** The value of the variable that the configuration names. Throws SECRET_MISSING. */
  secret: (name: string, what: string) => string;
}

/**
 * What campus.yaml's `transport` asks for: our own broker, or a client of another. Throws as
 * readCertificates does.
 */
export function createTransport(
  config: MachineConfig['transport'],
  parts: TransportParts,
  receive: Receive,
): { transport: Transport; embedded?: EmbeddedBroker } {
  const { external, tls, host, port, maxConnections, maxPayload } = config;
  const { own, authority } = readCertificates(config);
  if (external) {
    const { url, clientId, username, passwordEnv } = external;
    const { filters, onState, secret, clock, database } = parts;
    const options = {
      ...{ url, clientId, filters, onState },
      session: createSessionFilters(database, external),
      ...(username === undefined ? {} : { username }),
      ...(passwordEnv ? { password: secret(passwordEnv, url) } : {}),
      ...(authority === undefined ? {} : { ca: authority }),
    };
    return { transport: createExternalBroker(options, receive, clock) };
  }
  const { authenticate, grants, onRefused } = parts;
  const embedded = createEmbeddedBroker(
    {
      ...{ host, port, authenticate, grants, onRefused },
      ...(tls && own ? { tls: { port: tls.port, ...own } } : {}),
      limits: { maxConnections, maxPayload: Math.max(READ_ANYWAY, maxPayload) },
    },
    receive,
  );
  return { transport: embedded, embedded };
}
