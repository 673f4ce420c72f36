import type { StatementSync } from 'node:sqlite';
import type { Configuration, Device } from '../campus/model.ts';
import type { Metric } from '../campus/profile.ts';
import type { Clock, Millis } from '../clock.ts';
import type { Database } from '../storage/database.ts';

/** One stored value of a series. Booleans are 0 and 1. */
export interface Sample {
  time: Millis;
  value: number;
  received: Millis;
  quality: number;
}

/** One metric of one device, and the newest sample of it. */
export interface SeriesState {
  id: number;
  device: DeviceState;
  metric: string;
  spec: Metric;
  /** The newest committed sample by event time. */
  last: Sample | undefined;
  /** The newest sample of the transaction under way; becomes `last` by its COMMIT. */
  staged: Sample | undefined;
}

export interface DeviceState {
  id: number;
  device: Device;
  /** When the gateway first knew it. */
  added: Millis;
  series: Map<string, SeriesState>;
}

/** Every configured device with its rows in the database. */
export class Catalogue {
  readonly devices = new Map<string, DeviceState>();
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #newest: StatementSync;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#newest = database.prepare(
      'SELECT time, value, received, quality FROM reading WHERE series = ? ORDER BY time DESC LIMIT 1',
    );
  }

  /** Makes the catalogue follow a configuration; what is known of a device that stays is kept. */
  follow(configuration: Configuration): void {
    const ids = this.#rows('SELECT id, campus, name, added FROM device');
    const known = new Map(ids.map((row) => [`${row.campus}/${row.name}`, row]));
    const seriesIds = new Map(
      this.#rows('SELECT id, device, metric FROM series').map((row) => [
        `${row.device}/${row.metric}`,
        Number(row.id),
      ]),
    );
    const addDevice = this.#database.prepare(
      'INSERT INTO device (campus, name, added) VALUES (?, ?, ?)',
    );
    const addSeries = this.#database.prepare('INSERT INTO series (device, metric) VALUES (?, ?)');
    const next = new Map<string, DeviceState>();
    this.#database.transaction(() => {
      for (const device of configuration.devices.values()) {
        const row = known.get(device.key);
        const added = row ? Number(row.added) : this.#clock.now();
        const id = row
          ? Number(row.id)
          : Number(addDevice.run(device.campus.id, device.id, added).lastInsertRowid);
        const old = this.devices.get(device.key);
        const state: DeviceState = { id, device, added, series: new Map() };
        for (const [metric, spec] of Object.entries(device.profile.metrics)) {
          const knownSeries = seriesIds.get(`${id}/${metric}`);
          const seriesId = knownSeries ?? Number(addSeries.run(id, metric).lastInsertRowid);
          const last =
            old?.series.get(metric)?.last ??
            (knownSeries === undefined ? undefined : this.#readNewest(seriesId));
          state.series.set(metric, {
            id: seriesId,
            device: state,
            metric,
            spec,
            last,
            staged: undefined,
          });
        }
        next.set(device.key, state);
      }
    });
    this.devices.clear();
    for (const [key, state] of next) this.devices.set(key, state);
  }

  #rows(sql: string): Record<string, unknown>[] {
    return this.#database.prepare(sql).all();
  }

  #readNewest(series: number): Sample | undefined {
    const row = this.#newest.get(series);
    return (
      row && {
        time: Number(row.time),
        value: Number(row.value),
        received: Number(row.received),
        quality: Number(row.quality),
      }
    );
  }
}
