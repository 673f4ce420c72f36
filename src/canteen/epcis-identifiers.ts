import { createHash } from 'node:crypto';
import type { QuantityElement } from './epcis-shapes.ts';

/** The identifiers of one campus in EPCIS. */
export interface Identifiers {
  batch(batch: { id: string; code: string | undefined; lot: string | undefined }): string;
  dish(id: string): string;
  place(id: string): string;
  device(id: string): string;
  party(supplier: string): string;
  transformation(dish: string): string;
  event(what: string): string;
}

/**
 * A batch whose package has a GTIN and a lot is known to all the world by its GS1 Digital Link. All
 * else is the school's own, as HTTP URLs below a base of its choice (CBV 2.0, section 8): of class, loc
 * and party. Events have UUIDs made of their names, so that the same event has the same one.
 */
export function createIdentifiers(base: string, campus: string): Identifiers {
  const own = `${base.replace(/\/+$/, '')}/${campus}`;
  const url = (kind: string) => (id: string) => `${own}/${kind}/${encodeURIComponent(id)}`;
  return {
    batch({ id, code, lot }) {
      const gtin = gtinOf(code);
      return gtin !== undefined && lot !== undefined
        ? `https://id.gs1.org/01/${gtin}/10/${encodeURIComponent(lot)}`
        : url('class/batch')(id);
    },
    dish: url('class/dish'),
    place: (id) => url('loc')(id || 'receiving'),
    device: url('device'),
    party: url('party'),
    transformation: url('transformation'),
    event: (what) => `urn:uuid:${nameUuid(`${own}/event/${what}`)}`,
  };
}

/** GTIN-8, -12, -13 or -14 with its check digit (GS1 General Specifications 7.9), as 14 digits. */
export function gtinOf(code: string | undefined): string | undefined {
  if (code === undefined || !/^(\d{8}|\d{12,14})$/.test(code)) return undefined;
  const gtin = code.padStart(14, '0');
  const sum = [...gtin].reduce(
    (total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 3 : 1),
    0,
  );
  return sum % 10 === 0 ? gtin : undefined;
}

/** Version 5 in the namespace of URLs (RFC 9562, section 5.5). */
function nameUuid(name: string): string {
  const namespace = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex');
  const bytes = createHash('sha1').update(namespace).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Units by UN/ECE Recommendation 20, packages by its Recommendation 21 behind an X. */
const UNITS: Readonly<Record<string, { uom: string; factor?: number }>> = {
  kg: { uom: 'KGM' },
  公斤: { uom: 'KGM' },
  千克: { uom: 'KGM' },
  斤: { uom: 'KGM', factor: 0.5 },
  g: { uom: 'GRM' },
  克: { uom: 'GRM' },
  t: { uom: 'TNE' },
  吨: { uom: 'TNE' },
  L: { uom: 'LTR' },
  l: { uom: 'LTR' },
  升: { uom: 'LTR' },
  mL: { uom: 'MLT' },
  ml: { uom: 'MLT' },
  毫升: { uom: 'MLT' },
  箱: { uom: 'XCT' },
  袋: { uom: 'XBG' },
  包: { uom: 'XPK' },
  盒: { uom: 'XBX' },
  瓶: { uom: 'XBO' },
  桶: { uom: 'XBJ' },
  罐: { uom: 'XCX' },
};

/** An amount of a batch or dish; a unit nobody else knows counts as pieces. */
export function amountOf(epcClass: string, quantity: number, unit: string): QuantityElement {
  const known = UNITS[unit];
  if (!known) return { epcClass, quantity };
  const { uom, factor = 1 } = known;
  return { epcClass, quantity: Math.round(quantity * factor * 1e6) / 1e6, uom };
}
