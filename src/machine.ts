import { isDeepStrictEqual } from 'node:util';
import type { MachineConfig } from './campus/schema.ts';
import { checkAddress } from './http/security.ts';
import { type Environment, optionalSecretOf } from './secrets.ts';
import { readCertificates } from './transport/certificates.ts';
import { type BrokerKeys, mostRead } from './transport/create.ts';

/** What the machine's part of the configuration names: secrets of the environment, and files. */
export interface Means {
  /** Without it only this machine may ask. */
  httpToken: string | undefined;
  smsReplySecret: string | undefined;
  influxToken: string | undefined;
  broker: BrokerKeys;
}

/**
 * Gathers what the machine's part names. An edit that fails here would stop the next start, so it
 * is refused. Throws SECRET_MISSING, CONFIG_UNREADABLE, CERTIFICATE_INVALID or HTTP_WIDE_OPEN.
 */
export function gatherMeans({ transport, http, influx }: MachineConfig, env: Environment): Means {
  const means = {
    httpToken: optionalSecretOf(env, http.tokenEnv, 'http.tokenEnv'),
    smsReplySecret: optionalSecretOf(env, http.smsReplySecretEnv, 'http.smsReplySecretEnv'),
    influxToken: optionalSecretOf(env, influx?.tokenEnv, 'influx.tokenEnv'),
    broker: brokerKeys(transport, env),
  };
  checkAddress(http.host, means.httpToken !== undefined);
  return means;
}

function brokerKeys(transport: MachineConfig['transport'], env: Environment): BrokerKeys {
  const passwordEnv = transport.external?.passwordEnv;
  const password = optionalSecretOf(env, passwordEnv, 'transport.external.passwordEnv');
  return { ...readCertificates(transport), ...(password === undefined ? {} : { password }) };
}

/** The sections in which an edit differs from what runs and takes effect at the next start only. */
export function awaitingRestart(running: MachineConfig, edited: MachineConfig): string[] {
  const sections = ['transport', 'http', 'influx'] as const;
  const [before, after] = [ofTheStart(running), ofTheStart(edited)];
  return sections.filter((name) => !isDeepStrictEqual(before[name], after[name]));
}

/** What of it is read at the start only; the rest is asked for whenever it is needed. */
const ofTheStart = ({ transport, http, influx }: MachineConfig) => ({
  transport: {
    ...transport,
    maxPayload: transport.external ? undefined : mostRead(transport.maxPayload),
  },
  http: { ...http, publicUrl: undefined },
  influx,
});
