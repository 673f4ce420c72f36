import { loadConfiguration } from '../../src/campus/load.ts';
import type { Configuration } from '../../src/campus/model.ts';
import { Folder } from './folder.ts';
import { profilesWith } from './profiles.ts';

/** What of a school's configuration a test speaks of; the rest is filled in. */
export interface SchoolYaml {
  /** The list of devices. */
  devices: string;
  /** A canteen with its cold store, and a teaching block. */
  zones?: string;
  /** 张伟, who is always on duty, and 李娜. */
  people?: string;
  roster?: string;
  calendar?: string;
  bridges?: string;
  /** The notify section: a phone that everything goes to. */
  notify?: string;
  storage?: string;
  transport?: string;
  /** Profiles besides those of devices/, by name. */
  profiles?: Readonly<Record<string, string>>;
}

const ZONES = `
  - {id: canteen, name: 食堂}
  - {id: cold-store, name: 冷库间, parent: canteen}
  - {id: teaching, name: 教学楼}`;
const PEOPLE = '[{id: zhang, name: 张伟, phone: "13800000001"}, {id: li, name: 李娜}]';

/** A configuration read from a file, as the gateway reads it. */
export function configure(yaml: SchoolYaml): Configuration {
  const text = `
campus: {id: qingcheng, name: 青城小学}
zones: ${yaml.zones ?? ZONES}
people: ${yaml.people ?? PEOPLE}
roster: ${yaml.roster ?? '{default: zhang}'}
calendar: ${yaml.calendar ?? '{}'}
bridges: ${yaml.bridges ?? '[]'}
notify: ${yaml.notify ?? '{webhook: {url: "http://phone.invalid/"}}'}
storage: ${yaml.storage ?? '{}'}
transport: ${yaml.transport ?? '{}'}
devices: ${yaml.devices.startsWith('[') ? '' : '\n'}${yaml.devices}
`;
  using folder = new Folder();
  const profiles = profilesWith(yaml.profiles ?? {});
  return loadConfiguration(folder.write('campus.yaml', text), profiles);
}
