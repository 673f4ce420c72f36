import { type Cell, textOf } from '../../spreadsheet/sheet.ts';

/** What may stand behind a figure, and by how much it has to be multiplied. */
const UNITS: Record<string, number> = {
  kwh: 1,
  kw·h: 1,
  'kw.h': 1,
  千瓦时: 1,
  度: 1,
  mwh: 1_000,
  兆瓦时: 1_000,
  万kwh: 10_000,
  万千瓦时: 10_000,
  万度: 10_000,
  t: 1,
  吨: 1,
  m3: 1,
  立方米: 1,
  立方: 1,
  方: 1,
  千吨: 1_000,
  元: 1,
  '¥': 1,
  rmb: 1,
  cny: 1,
  万元: 10_000,
};

/** The factor of a unit in a heading or behind a figure; undefined where it is none we know. */
export const unitFactor = (unit: string): number | undefined => UNITS[unit.toLowerCase()];

/**
 * A figure as people write it: full-width digits, thousands separators, ¥ in front, a unit behind,
 * (12) for −12. undefined: it is none. Nothing is guessed: 1,23 and 1.234,5 are no figures.
 */
export function readNumber(cell: Cell): number | undefined {
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : undefined;
  if (typeof cell !== 'string') return undefined;
  const match =
    /^(\(?)[¥￥]?\s*([+-]?)\s*[¥￥]?(\d{1,3}(?:[, ']\d{3})+|\d+)(\.\d+)?\s*([^\d\s.,()]*|m3|kw\.h)(\)?)$/i.exec(
      textOf(cell).replace(/[−﹣]/g, '-'),
    );
  if (!match) return undefined;
  const [, open, sign, whole = '', fraction = '', unit = '', close] = match;
  const factor = unit === '' ? 1 : unitFactor(unit);
  if (factor === undefined || (open === '') !== (close === '')) return undefined;
  const value = Number(`${whole.replace(/[, ']/g, '')}${fraction}`) * factor;
  return sign === '-' || open === '(' ? -value : value;
}
