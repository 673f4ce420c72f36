import { limitOverrides } from '../canteen/cold-chain/unit.ts';
import { oneOf, type YamlFile } from '../validation.ts';
import { NO_WINDOWS } from './daily-windows.ts';
import type { Profile } from './profile.ts';
import { overridable, type Rule, type RuleConfig, resolveRule } from './rule.ts';
import { checkRule } from './rule-check.ts';
import type { SchoolFile } from './schema.ts';

/**
 * The rules of the device at place `i`: its profile's, with the limits and windows of its unit and its
 * own changes. What does not fit becomes a mistake of the file.
 */
export function joinRules(
  yaml: YamlFile,
  i: number,
  device: SchoolFile['devices'][number],
  profile: Profile,
  timezone: string,
): Rule[] {
  for (const [id, override] of Object.entries(device.rules)) {
    const path = ['devices', i, 'rules', id];
    const rule = profile.rules.find((candidate) => candidate.id === id);
    if (!rule) {
      yaml.mistake(path, oneOf(profile.rules.map((candidate) => candidate.id)), `"${id}"`);
      continue;
    }
    const fitting = overridable(rule.kind);
    for (const key of Object.keys(override)) {
      if (!fitting.includes(key)) yaml.mistake([...path, key], oneOf(fitting), key);
    }
  }
  if (!device.unit && Object.keys(device.rules).length === 0) return profileRules(profile);
  const limits = limitOverrides(yaml, ['devices', i], device.unit, profile);
  const windows = device.unit?.windows ?? [];
  const unit = windows.length === 0 ? NO_WINDOWS : { timezone, windows };
  const isChanged = ({ id }: RuleConfig) => Boolean(device.rules[id] ?? limits[id]);
  const rules = profile.rules
    .filter(({ id }) => device.rules[id]?.off !== true)
    .map((rule) => {
      const { off, ...changes } = device.rules[rule.id] ?? {};
      return isChanged(rule) ? { ...rule, ...limits[rule.id], ...changes } : rule;
    });
  for (const rule of rules) {
    if (isChanged(rule)) checkRule(yaml, ['devices', i, 'rules', rule.id], rule, profile);
  }
  const isOwn = (rule: RuleConfig) => isChanged(rule) || unit !== NO_WINDOWS;
  return rules.map((rule) =>
    isOwn(rule) ? resolveRule(rule, profile.silence, unit) : resolved(rule, profile),
  );
}

const rulesOfProfiles = new WeakMap<Profile, Rule[]>();

/** The rules of all devices that change none of their profile's, however many they are. */
function profileRules(profile: Profile): Rule[] {
  const known = rulesOfProfiles.get(profile);
  if (known) return known;
  const made = profile.rules.map((rule) => resolved(rule, profile));
  rulesOfProfiles.set(profile, made);
  return made;
}

const resolvedRules = new WeakMap<RuleConfig, Rule>();

/** A profile's rule as it is: one for all devices that do not change it, however many they are. */
function resolved(rule: RuleConfig, { silence }: Profile): Rule {
  const known = resolvedRules.get(rule);
  if (known) return known;
  const made = resolveRule(rule, silence);
  resolvedRules.set(rule, made);
  return made;
}
