import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { MachineConfig } from '../campus/schema.ts';
import { CodedError } from '../errors.ts';
import { readFile } from '../read-file.ts';
import type { Certificate } from './listeners.ts';

/** What campus.yaml's `transport` names in PEM files. */
export interface Certificates {
  /** Of the embedded broker. */
  own?: Certificate;
  /** The authority that an external broker's certificate is of. */
  authority?: string;
}

/** Reads and tries the files, of the broker that is used. Throws CONFIG_UNREADABLE or CERTIFICATE_INVALID. */
export function readCertificates({ tls, external }: MachineConfig['transport']): Certificates {
  if (external) {
    const { caFile } = external;
    if (caFile === undefined) return {};
    const authority = readFile(caFile).toString();
    tried(caFile, () => new X509Certificate(authority));
    return { authority };
  }
  if (!tls) return {};
  const { certFile, keyFile } = tls;
  const own = { cert: readFile(certFile).toString(), key: readFile(keyFile).toString() };
  tried(certFile, () => new X509Certificate(own.cert));
  tried(keyFile, () => createSecureContext(own));
  return { own };
}

function tried(file: string, use: () => unknown): void {
  try {
    use();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CodedError('CERTIFICATE_INVALID', { file, reason }, { cause: error });
  }
}
