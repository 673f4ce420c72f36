import type { StatementSync } from 'node:sqlite';
import type { Device } from '../campus/model.ts';
import type { Millis } from '../clock.ts';
import { CodedError } from '../errors.ts';
import type { Database } from '../storage/database.ts';

/** A time in which a device raises nothing: a fridge that is switched off over the summer. */
export interface ServicePeriod {
  /** Undefined where campus.yaml declares it. */
  id: number | undefined;
  campus: string;
  device: string;
  person: string;
  reason: string;
  since: Millis;
  /** Excluded. Where a person has ended it early, that moment. */
  until: Millis;
}

const NEVER: Millis = Number.NEGATIVE_INFINITY;

/**
 * When devices are out of service: by campus.yaml and by the API. The table is written in the
 * transaction under way; what is asked is answered from memory, which `reload` brings up to date.
 */
export class ServicePeriods {
  readonly #insert: StatementSync;
  readonly #end: StatementSync;
  readonly #all: StatementSync;
  #declared: readonly ServicePeriod[] = [];
  #list: readonly ServicePeriod[] = [];
  #byDevice = new Map<string, readonly ServicePeriod[]>();

  constructor(database: Database) {
    this.#insert = database.prepare(
      `INSERT INTO out_of_service (campus, device, person, reason, since, until)
       VALUES (:campus, :device, :person, :reason, :since, :until)`,
    );
    this.#end = database.prepare(
      'UPDATE out_of_service SET ended = ?, ended_by = ? WHERE id = ? AND ended IS NULL',
    );
    this.#all = database.prepare('SELECT * FROM out_of_service ORDER BY id');
  }

  follow(devices: Iterable<Device>): void {
    this.#declared = [...devices].flatMap(({ campus, id, outOfService }) =>
      outOfService.map((period) => ({ id: undefined, campus: campus.id, device: id, ...period })),
    );
    this.reload();
  }

  /** Takes over what was committed. */
  reload(): void {
    const kept = this.#all.all().map(toPeriod);
    // one that was ended before it began never was
    this.#list = [...this.#declared, ...kept.filter(({ since, until }) => since < until)];
    this.#byDevice = Map.groupBy(this.#list, ({ campus, device }) => `${campus}/${device}`);
  }

  /** Every one that is known, those of campus.yaml first. */
  list(): readonly ServicePeriod[] {
    return this.#list;
  }

  /** The one in which a device (by its full name) is now. */
  current(device: string, now: Millis): ServicePeriod | undefined {
    return this.#byDevice.get(device)?.find(({ since, until }) => since <= now && now < until);
  }

  /** The end of the latest period that has begun: till then a device (by its full name) raises nothing. */
  restsUntil(device: string, now: Millis): Millis {
    const periods = this.#byDevice.get(device);
    if (!periods) return NEVER;
    return periods.reduce(
      (latest, { since, until }) => (since <= now ? Math.max(latest, until) : latest),
      NEVER,
    );
  }

  /** When the next one begins. */
  nextBegin(now: Millis): Millis | undefined {
    const begins = this.#list.map(({ since }) => since).filter((since) => since > now);
    return begins.length === 0 ? undefined : Math.min(...begins);
  }

  /** Throws OUT_OF_SERVICE_ALREADY where it overlaps another of the device. */
  add(period: Omit<ServicePeriod, 'id'>): number {
    const { campus, device, since, until } = period;
    const other = this.#byDevice
      .get(`${campus}/${device}`)
      ?.find((known) => known.since < until && since < known.until);
    if (other) {
      throw new CodedError('OUT_OF_SERVICE_ALREADY', {
        from: new Date(other.since).toISOString(),
        until: new Date(other.until).toISOString(),
        person: other.person,
      });
    }
    return Number(this.#insert.run(period).lastInsertRowid);
  }

  /** Ends one that was not declared in campus.yaml. Throws OUT_OF_SERVICE_UNKNOWN. */
  end(id: number, person: string, now: Millis): ServicePeriod {
    const period = this.#list.find((known) => known.id === id);
    if (!period || period.until <= now) throw new CodedError('OUT_OF_SERVICE_UNKNOWN', { id });
    this.#end.run(now, person, id);
    return { ...period, until: now };
  }
}

function toPeriod(row: Record<string, unknown>): ServicePeriod {
  return {
    id: Number(row.id),
    campus: String(row.campus),
    device: String(row.device),
    person: String(row.person),
    reason: String(row.reason),
    since: Number(row.since),
    until: Number(row.ended ?? row.until),
  };
}
