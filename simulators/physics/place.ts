import type { Device } from '../../src/campus/model.ts';

/** What a place is used for, which decides how it uses electricity and water. */
export type Place =
  | 'teaching'
  | 'office'
  | 'kitchen'
  | 'dining'
  | 'cold_store'
  | 'dormitory'
  | 'machine_room'
  | 'boiler_room'
  | 'outdoors';

// the first that fits decides, so the narrower words come first
const WORDS: readonly (readonly [Place, RegExp])[] = [
  ['machine_room', /machine-room|server|data-?cent|机房/],
  ['boiler_room', /boiler|锅炉|开水/],
  ['cold_store', /cold-?store|cold-?room|冷库|冷藏库/],
  ['dining', /dining|餐厅|洗手/],
  ['kitchen', /kitchen|canteen|后厨|厨房|食堂/],
  ['dormitory', /dorm|宿舍/],
  ['outdoors', /sport|ground|green|yard|操场|绿化|路灯|室外/],
  ['office', /office|library|办公|行政|图书/],
];

/** Guesses from the names people gave, so that any campus.yaml can be simulated. */
export function placeOf({ id, name, zone }: Device): Place {
  const names = [id, name, zone.id, zone.path, zone.building].join(' ').toLowerCase();
  return WORDS.find(([, words]) => words.test(names))?.[0] ?? 'teaching';
}
