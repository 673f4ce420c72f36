import type { StatementSync } from 'node:sqlite';
import type { Campus } from '../campus/model.ts';
import { FIRE_COINCIDENCE } from '../campus/rule.ts';
import type { Millis } from '../clock.ts';
import { parseDuration } from '../duration.ts';
import type { Catalogue, DeviceState } from '../pipeline/catalogue.ts';
import type { Database } from '../storage/database.ts';
import { coincidences, type FireSign } from './rules/coincidence.ts';
import type { AlarmStore } from './store.ts';

const WORDS = {
  title: { zh: '火警：两个独立的设备报警', en: 'FIRE: two independent devices in alarm' },
  action: {
    zh: '立即组织疏散，拨打 119，并报告带班领导；到现场核实，确认安全后复位。',
    en: 'Evacuate at once, call 119 and tell the leader on duty; check on site, and reset once it is safe.',
  },
};

interface OpenFires {
  signs: FireSign[];
  /** Ids of the zones with a 火警 whose signs last. */
  zones: string[];
}

/**
 * Raises the 火警 of a zone when a second device there gives a sign of fire. The first one's own
 * alarm is the 预警. It has no memory of its own: open alarms are in the ledger. The alarm's device
 * is the zone's id.
 */
export class FireCoincidence {
  readonly #store: AlarmStore;
  readonly #catalogue: Catalogue;
  readonly #open: StatementSync;

  constructor(database: Database, store: AlarmStore, catalogue: Catalogue) {
    this.#store = store;
    this.#catalogue = catalogue;
    this.#open = database.prepare(
      `SELECT device, rule, since, cleared FROM alarm INDEXED BY alarm_open
       WHERE campus = ? AND latched = 1 AND closed IS NULL`,
    );
  }

  /** After a sign of fire was raised, in the same transaction. */
  raised({ device: { campus, id } }: DeviceState): void {
    const { signs, zones } = this.#openIn(campus.id);
    const own = signs.find(({ device, cleared }) => device === id && cleared === undefined);
    if (!own) return;
    const { within, window } = campus.fire;
    const found = coincidences(own, signs, { within, window: parseDuration(window) });
    for (const [zone, since] of found) {
      // a 火警 of the zone around it says it already
      const around = campus.zones.get(zone)?.lineage ?? [zone];
      if (!zones.some((open) => around.includes(open))) this.#raise(campus, zone, since);
    }
  }

  /** After a sign of fire was cleared, in the same transaction: ends what no sign keeps up. */
  cleared(campus: string, at: Millis): void {
    const { signs, zones } = this.#openIn(campus);
    const lasting = signs.filter(({ cleared }) => cleared === undefined);
    for (const zone of zones) {
      if (lasting.some((sign) => sign.zone.lineage.includes(zone))) continue;
      this.#store.clear(campus, zone, FIRE_COINCIDENCE, at);
    }
  }

  #raise(campus: Campus, zone: string, since: Millis): void {
    const path = campus.zones.get(zone)?.path ?? zone;
    this.#store.raise({
      ...WORDS,
      campus: campus.id,
      device: zone,
      deviceName: path,
      zone: path,
      rule: FIRE_COINCIDENCE,
      severity: 'critical',
      latched: true,
      metric: undefined,
      value: undefined,
      limit: undefined,
      unit: '',
      since,
      raised: since,
    });
  }

  #openIn(campus: string): OpenFires {
    const open: OpenFires = { signs: [], zones: [] };
    for (const row of this.#open.all(campus)) {
      const device = String(row.device);
      const cleared = row.cleared === null ? undefined : Number(row.cleared);
      if (row.rule === FIRE_COINCIDENCE) {
        if (cleared === undefined) open.zones.push(device);
        continue;
      }
      const state = this.#catalogue.devices.get(`${campus}/${device}`);
      const rule = state?.device.rules.find(({ id }) => id === row.rule);
      if (!state || rule?.kind !== 'state' || !rule.fire) continue;
      open.signs.push({ device, zone: state.device.zone, since: Number(row.since), cleared });
    }
    return open;
  }
}
