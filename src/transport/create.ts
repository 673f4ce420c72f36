import type { MachineConfig } from '../campus/schema.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../storage/database.ts';
import type { Certificates } from './certificates.ts';
import { createEmbeddedBroker, type EmbeddedBroker, type EmbeddedOptions } from './embedded.ts';
import { createExternalBroker, type ExternalOptions } from './external.ts';
import { createSessionFilters } from './session-filters.ts';
import type { Receive, Transport } from './transport.ts';

const READ_ANYWAY = 4 * 1024 * 1024;

/** A payload beyond transport.maxPayload becomes a dead letter; one beyond this, too, is not even read. */
export const mostRead = (maxPayload: number): number => Math.max(READ_ANYWAY, maxPayload);

/** What `transport` of campus.yaml names but does not hold. */
export interface BrokerKeys extends Certificates {
  /** Of the gateway at the external broker. */
  password?: string;
}

export interface TransportParts
  extends Pick<EmbeddedOptions, 'authenticate' | 'grants' | 'onRefused'>,
    Pick<ExternalOptions, 'filters' | 'onState'> {
  clock: Clock;
  database: Database;
  keys: BrokerKeys;
}

/** What campus.yaml's `transport` asks for: our own broker, or a client of another. */
export function createTransport(
  config: MachineConfig['transport'],
  parts: TransportParts,
  receive: Receive,
): { transport: Transport; embedded?: EmbeddedBroker } {
  const { external, tls, host, port, maxConnections, maxPayload } = config;
  const { password, authority, own } = parts.keys;
  if (external) {
    const { url, clientId, username } = external;
    const { filters, onState, clock, database } = parts;
    const options = {
      ...{ url, clientId, filters, onState },
      session: createSessionFilters(database, external),
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(authority === undefined ? {} : { ca: authority }),
    };
    return { transport: createExternalBroker(options, receive, clock) };
  }
  const { authenticate, grants, onRefused } = parts;
  const embedded = createEmbeddedBroker(
    {
      ...{ host, port, authenticate, grants, onRefused },
      ...(tls && own ? { tls: { port: tls.port, ...own } } : {}),
      limits: { maxConnections, maxPayload: mostRead(maxPayload) },
    },
    receive,
  );
  return { transport: embedded, embedded };
}
