/** What a school pays for by the meter. Judged one by one: kWh and m³ can't be added. */
export const UTILITIES = ['electricity', 'water'] as const;
export type Utility = (typeof UTILITIES)[number];

/** The kind of device that measures a utility, its unit, and what people call it. */
export const utilities: Record<Utility, { kind: string; unit: string; name: string }> = {
  electricity: { kind: 'electricity_meter', unit: 'kWh', name: '用电' },
  water: { kind: 'water_meter', unit: 'm³', name: '用水' },
};
