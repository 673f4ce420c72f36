import { readFileSync } from 'node:fs';
import type { MachineConfig } from '../campus/schema.ts';
import type { Clock } from '../clock.ts';
import { createEmbeddedBroker, type EmbeddedBroker, type EmbeddedOptions } from './embedded.ts';
import { createExternalBroker, type ExternalOptions } from './external.ts';
import type { Receive, Transport } from './transport.ts';

/** A payload beyond transport.maxPayload becomes a dead letter; one beyond this is not even read. */
const HARD_PAYLOAD_LIMIT = 4 * 1024 * 1024;

export interface TransportParts
  extends Pick<EmbeddedOptions, 'authenticate' | 'grants' | 'onRefused'>,
    Pick<ExternalOptions, 'filters' | 'onState'> {
  clock: Clock;
  /** The value of the variable that the configuration names. Throws SECRET_MISSING. */
  secret: (name: string, what: string) => string;
}

/** What campus.yaml's `transport` asks for: our own broker, or a client of another. */
export function createTransport(
  config: MachineConfig['transport'],
  parts: TransportParts,
  receive: Receive,
): { transport: Transport; embedded?: EmbeddedBroker } {
  const { external, tls, host, port, maxConnections } = config;
  if (external) {
    const { url, clientId, username, passwordEnv, caFile } = external;
    const { filters, onState, secret, clock } = parts;
    const options = {
      ...{ url, clientId, filters, onState },
      ...(username === undefined ? {} : { username }),
      ...(passwordEnv ? { password: secret(passwordEnv, url) } : {}),
      ...(caFile ? { ca: readFileSync(caFile, 'utf8') } : {}),
    };
    return { transport: createExternalBroker(options, receive, clock) };
  }
  const { authenticate, grants, onRefused } = parts;
  const certificate = tls && {
    port: tls.port,
    cert: readFileSync(tls.certFile, 'utf8'),
    key: readFileSync(tls.keyFile, 'utf8'),
  };
  const embedded = createEmbeddedBroker(
    {
      ...{ host, port, authenticate, grants, onRefused },
      ...(certificate ? { tls: certificate } : {}),
      limits: { maxConnections, maxPayload: HARD_PAYLOAD_LIMIT },
    },
    receive,
  );
  return { transport: embedded, embedded };
}
