import type { Device } from '../src/campus/model.ts';
import { AUTO_STEP, type Select } from './influxql.ts';
import type { TargetName } from './model.ts';
import { among, chosen } from './selection.ts';
import type { DeviceKind, Site } from './site.ts';
import { unitOf } from './units.ts';

/** Electricity or water: the same questions, other words. */
export interface Medium {
  kind: DeviceKind;
  /** Chinese and English. */
  zh: string;
  en: string;
  rate: { metric: string; zh: string; unit: string };
  amountUnit: string;
  target: TargetName;
  /** How much below last year the plan asks for, in %. */
  reduction: (site: Site) => number;
}

export const MEDIA: readonly Medium[] = [
  {
    kind: 'electricity_meter',
    zh: '用电',
    en: 'electricity',
    rate: { metric: 'power', zh: '功率', unit: unitOf('kW') },
    amountUnit: unitOf('kWh'),
    target: 'electricity',
    reduction: ({ targets }) => targets.electricityReduction,
  },
  {
    kind: 'water_meter',
    zh: '用水',
    en: 'water',
    rate: { metric: 'flow', zh: '流量', unit: unitOf('m³/h') },
    amountUnit: unitOf('m³'),
    target: 'water',
    reduction: ({ targets }) => targets.waterReduction,
  },
];

/** Adds up what these meters measure now, step by step. */
export function totalRate({ kind, rate }: Medium, devices: readonly Device[], as: string): Select {
  return {
    select: [`sum("${as}") AS "${as}"`],
    from: [
      {
        select: [`mean("${rate.metric}") AS "${as}"`],
        from: [kind],
        where: [...chosen, among(devices)],
        every: AUTO_STEP,
        by: ['campus', 'device'],
        fill: 'none',
      },
    ],
    every: AUTO_STEP,
    fill: 'none',
  };
}
