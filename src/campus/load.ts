import { basename, dirname, resolve } from 'node:path';
import { Value } from 'typebox/value';
import { joinUnit } from '../canteen/cold-chain/unit.ts';
import { type Millis, systemClock } from '../clock.ts';
import { checkEnergy } from '../energy/check.ts';
import { checkChannels } from '../notify/channels/check.ts';
import { checkEscalation, checkReach } from '../notify/escalation-check.ts';
import { unreadable } from '../read-file.ts';
import {
  again,
  type Mistake,
  NOTHING,
  oneOf,
  readYaml,
  throwMistakes,
  type YamlFile,
} from '../validation.ts';
import { checkCalendar, checkSpan } from './days-check.ts';
import { joinRules } from './device-rules.ts';
import { configurationFiles } from './files.ts';
import { checkParent, joinMeter } from './meter.ts';
import {
  type Campus,
  type Configuration,
  type Device,
  GATEWAY,
  type Remark,
  type Zone,
} from './model.ts';
import { joinOutOfService } from './out-of-service.ts';
import type { Profile } from './profile.ts';
import { CampusFile, type MachineConfig, MachineFile, SchoolFile } from './schema.ts';
import { isTimeZone } from './school-days.ts';
import { withSight } from './sight.ts';

/** The file of a folder that describes the machine rather than a school. */
const MACHINE_FILE = 'gateway.yaml';

/**
 * Reads campus.yaml, or a folder with one file per campus and perhaps a gateway.yaml.
 * Throws CONFIG_INVALID with every mistake of every file, or CONFIG_UNREADABLE. What is declared to
 * have happened must lie before `now`.
 */
export function loadConfiguration(
  path: string,
  profiles: ReadonlyMap<string, Profile>,
  now: Millis = systemClock.now(),
): Configuration {
  const mistakes: Mistake[] = [];
  const schools: { yaml: YamlFile; school: SchoolFile }[] = [];
  let machine: MachineConfig = Value.Parse(MachineFile, Value.Default(MachineFile, {}));
  const files = filesAt(path);

  for (const file of files.list) {
    const yaml = readYaml(file);
    if (files.folder && basename(file) === MACHINE_FILE) {
      machine = yaml.check(MachineFile) ?? machine;
    } else if (files.folder) {
      const school = yaml.check(SchoolFile);
      if (school) schools.push({ yaml, school });
    } else {
      const whole = yaml.check(CampusFile);
      if (whole) {
        schools.push({ yaml, school: whole });
        const { transport, storage, http, influx } = whole;
        machine = { transport, storage, http, ...(influx ? { influx } : {}) };
      }
    }
    // checked later: mistakes found while joining are added to the same list
    if (!schools.some((school) => school.yaml === yaml)) mistakes.push(...yaml.mistakes);
  }

  if (files.list.every((file) => files.folder && basename(file) === MACHINE_FILE)) {
    const [file = path] = files.list;
    const allowed = { en: 'a file for each campus beside it', zh: '同一文件夹内每校另有一个文件' };
    const found = { en: 'no campus', zh: '没有学校' };
    mistakes.push({ file, line: 1, path: '', found, allowed });
  }

  const campuses = new Map<string, Campus>();
  const devices = new Map<string, Device>();
  const remarks: Remark[] = [];
  // ours begin with `campus`
  const baseTopics = ['campus'];
  for (const { yaml, school } of schools) {
    if (campuses.has(school.campus.id)) {
      yaml.mistake(['campus', 'id'], unique('a campus id'), again(school.campus.id));
    }
    school.bridges.forEach(({ topic }, i) => {
      if (baseTopics.some((other) => overlap(topic, other))) {
        const allowed = { en: 'a base topic apart from all others', zh: '与其他基础主题互不包含' };
        yaml.mistake(['bridges', i, 'topic'], allowed);
      }
      baseTopics.push(topic);
    });
    const campus = joinCampus(yaml, school);
    checkEnergy(yaml, school, profiles);
    campuses.set(campus.id, campus);
    for (const device of joinDevices(yaml, school, campus, profiles, now)) {
      const seen = withSight(device);
      devices.set(device.key, seen.device);
      remarks.push(...seen.remarks);
    }
    mistakes.push(...yaml.mistakes);
  }
  throwMistakes(mistakes);

  // files named in the configuration lie beside it
  const folder = files.folder ? path : dirname(path);
  const { tls, external } = machine.transport;
  if (tls) {
    tls.certFile = resolve(folder, tls.certFile);
    tls.keyFile = resolve(folder, tls.keyFile);
  }
  if (external?.caFile) external.caFile = resolve(folder, external.caFile);
  return { campuses, devices, machine, remarks, files: files.list };
}

function filesAt(path: string): { folder: boolean; list: string[] } {
  try {
    const files = configurationFiles(path);
    if (files.list.length === 0) throw new Error('no .yaml file in this folder');
    return files;
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Whether one base topic lies within the other: then a bridge could speak for both. */
const overlap = (a: string, b: string): boolean =>
  `${a}/`.startsWith(`${b}/`) || `${b}/`.startsWith(`${a}/`);

const unique = (what: string) => ({ en: `${what} that no other has`, zh: '不与其他重复' });

/** Marks every id that stands twice in a list. */
function checkUnique(yaml: YamlFile, section: string, list: readonly { id: string }[]): void {
  const seen = new Set<string>();
  list.forEach(({ id }, i) => {
    if (seen.has(id)) yaml.mistake([section, i, 'id'], unique('an id'), again(id));
    seen.add(id);
  });
}

function joinCampus(yaml: YamlFile, school: SchoolFile): Campus {
  const { campus } = school;
  for (const section of ['zones', 'bridges', 'devices', 'people'] as const) {
    checkUnique(yaml, section, school[section]);
  }
  if (!isTimeZone(campus.timezone)) {
    const allowed = { en: 'an IANA time zone such as Asia/Shanghai', zh: 'IANA 时区名' };
    yaml.mistake(['campus', 'timezone'], allowed);
  }
  checkRoster(yaml, school);
  checkCategories(yaml, school);
  checkCanteenPeople(yaml, school);
  checkChannels(school.notify, school.people, (...mistake) => yaml.mistake(...mistake));
  checkEscalation(school, (...mistake) => yaml.mistake(...mistake));
  checkReach(school, (...mistake) => yaml.mistake(...mistake));
  checkCalendar(yaml, school);
  // devices as they are written are not kept beside those that are made of them
  const { devices, ...rest } = school;
  return { ...rest, ...campus, zones: joinZones(yaml, school) };
}

/** A batch names its category by its id. */
function checkCategories(yaml: YamlFile, { canteen }: SchoolFile): void {
  const seen = new Set<string>();
  canteen.categories.forEach(({ id }, i) => {
    const path = ['canteen', 'categories', i, 'id'];
    if (seen.has(id)) yaml.mistake(path, unique('an id'), again(id));
    seen.add(id);
  });
}

/** Everybody whom the canteen names must be there. */
function checkCanteenPeople(yaml: YamlFile, { people, canteen }: SchoolFile): void {
  const known = new Set(people.map(({ id }) => id));
  for (const [job, ids] of Object.entries(canteen.people)) {
    ids.forEach((id, i) => {
      if (!known.has(id)) yaml.mistake(['canteen', 'people', job, i], oneOf(known), `"${id}"`);
    });
  }
}

/** Everybody whom the roster names must be there. */
function checkRoster(yaml: YamlFile, { people, roster }: SchoolFile): void {
  const known = new Set(people.map(({ id }) => id));
  const check = (path: (string | number)[], person: string | undefined) => {
    if (person !== undefined && !known.has(person)) yaml.mistake(['roster', ...path], oneOf(known));
  };
  check(['default'], roster.default);
  check(['leader'], roster.leader);
  for (const [i, { person, leader }] of roster.shifts.entries()) {
    check(['shifts', i, 'person'], person);
    check(['shifts', i, 'leader'], leader);
  }
  roster.substitutes.forEach((substitute, i) => {
    check(['substitutes', i, 'for'], substitute.for);
    check(['substitutes', i, 'by'], substitute.by);
    checkSpan(yaml, ['roster', 'substitutes', i], substitute);
  });
}

/** The zone of devices that name none. */
const wholeCampus = (name: string): Zone => ({
  id: 'campus',
  name,
  path: name,
  building: 'campus',
  lineage: ['campus'],
});

function joinZones(yaml: YamlFile, { zones, campus }: SchoolFile): Map<string, Zone> {
  const byId = new Map(zones.map((zone) => [zone.id, zone]));
  const joined = new Map([['campus', wholeCampus(campus.name)]]);
  zones.forEach((zone, i) => {
    const names: string[] = [];
    const lineage: string[] = [];
    let here: typeof zone | undefined = zone;
    for (; here; here = here.parent === undefined ? undefined : byId.get(here.parent)) {
      names.unshift(here.name);
      lineage.unshift(here.id);
      if (here.parent !== undefined && !byId.has(here.parent)) {
        if (here === zone) yaml.mistake(['zones', i, 'parent'], oneOf(byId.keys()));
        break;
      }
      if (names.length > zones.length) {
        yaml.mistake(['zones', i, 'parent'], { en: 'no circle of zones', zh: '区域不能成环' });
        break;
      }
    }
    const [building = zone.id] = lineage;
    const path = names.join(' / ');
    joined.set(zone.id, { id: zone.id, name: zone.name, path, building, lineage });
  });
  return joined;
}

function joinDevices(
  yaml: YamlFile,
  { devices, bridges }: SchoolFile,
  campus: Campus,
  profiles: ReadonlyMap<string, Profile>,
  now: Millis,
): Device[] {
  const bridgeIds = new Set(bridges.map(({ id }) => id));
  const byId = new Map(devices.map((device) => [device.id, device]));
  const addresses = new Set<string>();
  const joined: Device[] = [];
  devices.forEach((device, i) => {
    const here = ['devices', i];
    const profile = profiles.get(device.profile);
    const zone = campus.zones.get(device.zone ?? 'campus');
    const address = device.address ?? device.id;
    if (device.id === GATEWAY) {
      const allowed = {
        en: 'another id: this is the gateway itself',
        zh: '其他 id：此名指网关本身',
      };
      yaml.mistake([...here, 'id'], allowed);
    }
    if (bridgeIds.has(device.id)) yaml.mistake([...here, 'id'], unique('an id'));
    if (!zone) yaml.mistake([...here, 'zone'], oneOf(campus.zones.keys()));
    if (!profile) {
      yaml.mistake([...here, 'profile'], oneOf(profiles.keys()));
    } else if (profile.format.kind === 'zigbee2mqtt') {
      if (device.bridge === undefined) {
        const allowed = { en: 'the bridge that speaks for it', zh: '代理它的桥' };
        yaml.mistake([...here, 'bridge'], allowed, NOTHING);
      }
      const full = `${device.bridge}/${address}`;
      if (addresses.has(full)) yaml.mistake([...here, 'address'], unique('an address'));
      addresses.add(full);
    } else if (device.bridge !== undefined) {
      // it would take the place of the bridge's own device of that name
      const allowed = {
        en: 'nothing: its profile is not of a bridge',
        zh: '不填：其档案不经由桥',
      };
      yaml.mistake([...here, 'bridge'], allowed);
    }
    if (device.bridge !== undefined && !bridgeIds.has(device.bridge)) {
      yaml.mistake([...here, 'bridge'], oneOf(bridgeIds));
    }
    checkParent(yaml, i, device, byId, profiles);
    if (
      device.poweredBy !== undefined &&
      (device.poweredBy === device.id || !byId.has(device.poweredBy))
    ) {
      yaml.mistake([...here, 'poweredBy'], {
        en: 'the id of another device',
        zh: '另一台设备的 id',
      });
    }
    if (!profile || !zone) return;
    const rules = joinRules(yaml, i, device, profile, campus.timezone);
    joined.push({
      key: `${campus.id}/${device.id}`,
      campus,
      id: device.id,
      name: device.name ?? device.id,
      profile,
      zone,
      parent: device.parent,
      meter: joinMeter(yaml, here, device, profile, campus.timezone, now),
      bridge: device.bridge,
      poweredBy: device.poweredBy,
      address,
      rules,
      unit: joinUnit(yaml, here, device.unit, profile, rules),
      outOfService: joinOutOfService(yaml, here, device, campus.timezone),
    });
  });
  return joined;
}
