import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadProfiles, type Profile } from '../../src/campus/profile.ts';
import { Folder } from './folder.ts';

export const DEVICES = join(import.meta.dirname, '../../devices');

/** The profiles that are shipped. */
export const realProfiles: ReadonlyMap<string, Profile> = loadProfiles(DEVICES);

/** A rule in YAML: its kind's own keys, the rest filled in. `rule('warm', 'high: 8')` */
export function rule(id: string, keys: string): string {
  const kind = /\b(?:high|low):/.test(keys) ? 'threshold' : 'state';
  const severity = keys.includes('severity:') ? '' : 'severity: major, ';
  const own = keys.includes('kind:') ? keys : `kind: ${kind}, metric: ${METRIC[kind]}, ${keys}`;
  return `{id: ${id}, ${severity}name: {zh: ${id}, en: ${id}}, action: {zh: 去看看, en: Go and look}, ${own}}`;
}

const METRIC = { threshold: 'temperature', state: 'smoke' };

/** A thermometer that reports every minute and is unknown after five; with these rules only. */
export const thermometer = (...rules: string[]): string => `
name: {zh: 温度计, en: Thermometer}
kind: cold_storage
format: {kind: json}
interval: 1m
silence: 5m
metrics:
  temperature: {name: {zh: 温度, en: Temperature}, unit: ℃, min: -60, max: 100}
  humidity: {name: {zh: 湿度, en: Humidity}, unit: '%', min: 0, max: 100}
rules: [${rules.join(', ')}]
examples:
  - {topic: campus/a/b/up, payload: '{"values":{"temperature":4}}', readings: {temperature: 4}}
`;

/** A smoke detector that reports every five minutes and is unknown after fifteen. */
export const smokeDetector = (...rules: string[]): string => `
name: {zh: 烟感, en: Smoke detector}
kind: fire_detector
format: {kind: json}
interval: 5m
silence: 15m
metrics:
  smoke: {type: boolean, name: {zh: 烟雾, en: Smoke}}
rules: [${rules.join(', ')}]
examples:
  - {topic: campus/a/b/up, payload: '{"values":{"smoke":true}}', readings: {smoke: true}}
`;

/** The shipped profiles and these besides, by name: `{'test/probe': thermometer(…)}`. */
export function profilesWith(texts: Readonly<Record<string, string>>): Map<string, Profile> {
  using folder = new Folder();
  for (const [name, text] of Object.entries(texts)) {
    const file = folder.file(`${name}.yaml`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return new Map([...realProfiles, ...loadProfiles(folder.path)]);
}
