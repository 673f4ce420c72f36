import type { ColdUnit } from '../canteen/cold-chain/unit.ts';
import type { Millis } from '../clock.ts';
import type { Text } from '../errors.ts';
import type { MeterSettings } from './meter.ts';
import type { Profile } from './profile.ts';
import type { Rule } from './rule.ts';
import type { MachineConfig, SchoolFile } from './schema.ts';

/** The device that alarms about the gateway itself name; no device of a campus may have this id. */
export const GATEWAY = 'gateway';
/** Of an alarm about the gateway as a whole. */
export const NO_CAMPUS = '';

export interface Zone {
  id: string;
  name: string;
  /** From the building down to the zone itself: `食堂 / 冷库间`. */
  path: string;
  /** The topmost zone around it: the building. */
  building: string;
  /** The ids of the zones around it and its own, the building first. */
  lineage: readonly string[];
}

export interface Device {
  /** `campus/device`: its full name. */
  key: string;
  campus: Campus;
  id: string;
  name: string;
  profile: Profile;
  zone: Zone;
  /** The meter that feeds this one. */
  parent: string | undefined;
  meter: MeterSettings;
  bridge: string | undefined;
  /** The meter on its supply: when that goes dark, so does this one. */
  poweredBy: string | undefined;
  /** Its name at the bridge. */
  address: string;
  /** The profile's rules with this device's overrides; switched-off ones are absent. */
  rules: readonly Rule[];
  /** The cold unit that it watches. */
  unit: ColdUnit | undefined;
  /** When it raises nothing, as campus.yaml declares. */
  outOfService: readonly DeclaredPeriod[];
}

/** From `since` to `until`, which is excluded (ms since 1970). */
export interface DeclaredPeriod {
  person: string;
  reason: string;
  since: Millis;
  until: Millis;
}

export type Person = SchoolFile['people'][number];
export type Bridge = SchoolFile['bridges'][number];

export interface Campus {
  id: string;
  name: string;
  timezone: string;
  zones: ReadonlyMap<string, Zone>;
  bridges: readonly Bridge[];
  people: readonly Person[];
  roster: SchoolFile['roster'];
  calendar: SchoolFile['calendar'];
  fire: SchoolFile['fire'];
  targets: SchoolFile['targets'];
  canteen: SchoolFile['canteen'];
  energy: SchoolFile['energy'];
  notify: SchoolFile['notify'];
}

/** Something of the configuration that is allowed, and that a person should know. */
export interface Remark {
  /** The device's full name. */
  device: string;
  rule: string;
  text: Text;
}

/** Everything the configuration says, checked and joined. */
export interface Configuration {
  campuses: ReadonlyMap<string, Campus>;
  /** By full name, in the order of the files. */
  devices: ReadonlyMap<string, Device>;
  machine: MachineConfig;
  remarks: readonly Remark[];
  /** The files it was read from. */
  files: readonly string[];
}
