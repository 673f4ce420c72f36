import type { DatabaseSync } from 'node:sqlite';
import type { Campus, Configuration } from '../campus/model.ts';
import { CodedError } from '../errors.ts';

/** What the books of the campuses need of the core. */
export interface CampusHost {
  database: Pick<DatabaseSync, 'prepare'>;
  configuration(): Configuration;
  transact<T>(work: () => T): T;
}

/** A campus by its id; the only one where none is named. Throws CAMPUS_UNKNOWN. */
export function campusOf(host: Pick<CampusHost, 'configuration'>, id: string | undefined): Campus {
  const { campuses } = host.configuration();
  const only = campuses.size === 1 ? campuses.values().next().value : undefined;
  const campus = id === undefined ? only : campuses.get(id);
  if (campus) return campus;
  throw new CodedError('CAMPUS_UNKNOWN', { campus: id ?? [...campuses.keys()].join(' | ') });
}
