import type { Configuration } from '../campus/model.ts';
import { CodedError } from '../errors.ts';
import { isLoopback } from './security.ts';

/**
 * What is wrong with the links in messages: without http.publicUrl they carry the address that the
 * gateway listens on, and a phone must be able to open it. LINKS_STAY_HERE, if somebody is told.
 */
export function linksStayHere({ campuses, machine }: Configuration): CodedError | undefined {
  const { publicUrl, host } = machine.http;
  const tells = [...campuses.values()].some(
    ({ notify: { webhook, channels } }) => webhook || Object.keys(channels).length > 0,
  );
  const isHere = isLoopback(host) || host === '0.0.0.0' || host === '::';
  if (!tells || publicUrl !== undefined || !isHere) return undefined;
  return new CodedError('LINKS_STAY_HERE', { host });
}
