import type { Threshold } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Device } from '../src/campus/model.ts';
import { SEVERITIES, type Severity, type ThresholdRule } from '../src/campus/rule.ts';
import type { ExcursionRule } from '../src/campus/unit-rule.ts';

export const GOOD = 'green';

/** The colour of an alarm; a second limit of the same severity is darker. */
export const COLOURS: Record<Severity, string> = {
  critical: 'dark-red',
  major: 'red',
  minor: 'orange',
  info: 'yellow',
};
const DARKER: Record<Severity, string> = {
  critical: 'dark-red',
  major: 'dark-red',
  minor: 'dark-orange',
  info: 'dark-yellow',
};

/** For counts of what should not be: green at none, this colour from one on. */
export const fromOne = (color: string): Threshold[] => [
  { value: null, color: GOOD },
  { value: 1, color },
];

/** Devices that are judged alike, and how. */
export interface LimitGroup {
  devices: Device[];
  steps: Threshold[];
  /** `0–8`, `≤ −12`; empty where nothing limits them. */
  range: string;
  /** Conditions on the value of which one holds when it is out of range. */
  outside: readonly (readonly ['<' | '>', number])[];
}

type Limit = { at: number; side: 'low' | 'high'; severity: Severity };

/** A device's own limits for a metric: its profile's rules with the campus's changes. */
export function limitsOf({ rules }: Device, metric: string): Limit[] {
  const judges = rules.filter(
    (rule): rule is ThresholdRule | ExcursionRule =>
      (rule.kind === 'threshold' || rule.kind === 'excursion') &&
      rule.metric === metric &&
      rule.when === 'always',
  );
  return judges.flatMap(({ low, high, severity }): Limit[] => [
    ...(low === undefined ? [] : [{ at: low, side: 'low' as const, severity }]),
    ...(high === undefined ? [] : [{ at: high, side: 'high' as const, severity }]),
  ]);
}

/** Grafana's steps: the colour from each limit on, worst alarm first. */
export function stepsOf(limits: readonly Limit[]): Threshold[] {
  const points = [...new Set(limits.map(({ at }) => at))].sort((a, b) => a - b);
  const [first] = points;
  if (first === undefined) return [{ value: null, color: GOOD }];
  const steps: Threshold[] = [{ value: null, color: colourAt(limits, first - 1) }];
  points.forEach((at, i) => {
    const next = points[i + 1] ?? at + 2;
    const color = colourAt(limits, (at + next) / 2);
    if (color !== steps.at(-1)?.color) steps.push({ value: at, color });
  });
  return steps;
}

function colourAt(limits: readonly Limit[], value: number): string {
  const broken = limits.filter(({ at, side }) => (side === 'low' ? value < at : value > at));
  const worst = SEVERITIES.find((severity) => broken.some((limit) => limit.severity === severity));
  if (!worst) return GOOD;
  const alike = broken.filter(({ severity }) => severity === worst).length;
  return alike > 1 ? DARKER[worst] : COLOURS[worst];
}

/** Groups devices by their limits for a metric, in the order of the configuration. */
export function limitGroups(devices: readonly Device[], metric: string): LimitGroup[] {
  const withMetric = devices.filter(({ profile }) => profile.metrics[metric] !== undefined);
  const groups = Map.groupBy(withMetric, (device) =>
    JSON.stringify(stepsOf(limitsOf(device, metric))),
  );
  return [...groups.values()].flatMap((members) => {
    const [first] = members;
    return first ? [{ devices: members, ...describeLimits(limitsOf(first, metric)) }] : [];
  });
}

function describeLimits(limits: readonly Limit[]): Omit<LimitGroup, 'devices'> {
  // what is merely recommended does not make a value wrong
  const binding = limits.filter(({ severity }) => severity !== 'info');
  const lows = binding.filter(({ side }) => side === 'low').map(({ at }) => at);
  const highs = binding.filter(({ side }) => side === 'high').map(({ at }) => at);
  const low = lows.length > 0 ? Math.max(...lows) : undefined;
  const high = highs.length > 0 ? Math.min(...highs) : undefined;
  return {
    steps: stepsOf(limits),
    range: rangeText(low, high),
    outside: [
      ...(low === undefined ? [] : [['<', low] as const]),
      ...(high === undefined ? [] : [['>', high] as const]),
    ],
  };
}

function rangeText(low: number | undefined, high: number | undefined): string {
  const number = (value: number) => String(value).replace('-', '−');
  if (low !== undefined && high !== undefined) return `${number(low)}–${number(high)}`;
  if (high !== undefined) return `≤ ${number(high)}`;
  return low === undefined ? '' : `≥ ${number(low)}`;
}
