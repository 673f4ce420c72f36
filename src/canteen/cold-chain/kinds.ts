/** Kinds of unit, and what people call them. */
export const UNIT_NAMES = {
  fridge: { zh: '冷藏柜', en: 'fridge' },
  freezer: { zh: '冷冻柜', en: 'freezer' },
  'cold-room': { zh: '冷藏库', en: 'cold room' },
  'sample-fridge': { zh: '留样柜', en: 'sample fridge' },
  'hot-holding': { zh: '热藏柜', en: 'hot holding' },
} as const;
export type UnitKind = keyof typeof UNIT_NAMES;
export const UNIT_KINDS = [
  'fridge',
  'freezer',
  'cold-room',
  'sample-fridge',
  'hot-holding',
] as const satisfies UnitKind[];
