import { gtinOf } from './epcis-identifiers.ts';

/** What a code on a package says of it. */
export interface PackageCode {
  /** 14 digits. */
  gtin: string | undefined;
  lot: string | undefined;
  produced: string | undefined;
  /** The last day of its shelf life. */
  expires: string | undefined;
}

/** Of the application identifiers that food carries: how long their values are, where that is fixed. */
const FIXED: Readonly<Record<string, number>> = {
  '01': 14,
  '02': 14,
  '11': 6,
  '13': 6,
  '15': 6,
  '17': 6,
};
const VARIABLE: ReadonlySet<string> = new Set(['10', '21', '22', '30', '37']);
/** FNC1, which ends a value of no fixed length. */
const END = '\u001d';

const UNKNOWN: PackageCode = {
  gtin: undefined,
  lot: undefined,
  produced: undefined,
  expires: undefined,
};

/**
 * Reads GTIN, lot and dates from a code: a plain EAN or UPC, a GS1 element string as scanners give it or
 * as it is printed in brackets, or a GS1 Digital Link (GS1 General Specifications 7.8, Digital Link 1.x).
 * Of other codes nothing is known.
 */
export function readPackageCode(code: string): PackageCode {
  const plain = gtinOf(code.trim());
  const values = plain === undefined ? valuesOf(code) : new Map([['01', plain]]);
  const gtin = gtinOf(values.get('01'));
  if (gtin === undefined) return UNKNOWN;
  return {
    gtin,
    lot: values.get('10'),
    produced: dayOf(values.get('11')),
    expires: dayOf(values.get('17') ?? values.get('15')),
  };
}

function valuesOf(code: string): Map<string, string> {
  if (code.includes('://')) return ofLink(code);
  return code.startsWith('(') ? ofPrint(code) : ofScan(code);
}

function ofLink(code: string): Map<string, string> {
  const url = URL.parse(code);
  const steps = url?.pathname.split('/').map(decoded) ?? [];
  const values = new Map<string, string>(url?.searchParams ?? []);
  const start = steps.indexOf('01');
  for (let i = start; start >= 0 && i + 1 < steps.length; i += 2) {
    values.set(steps[i] ?? '', steps[i + 1] ?? '');
  }
  return values;
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

const ofPrint = (code: string): Map<string, string> =>
  new Map(
    [...code.matchAll(/\((\d{2,4})\)([^(]*)/g)].map(([, ai = '', value = '']) => [
      ai,
      value.trim(),
    ]),
  );

function ofScan(code: string): Map<string, string> {
  const values = new Map<string, string>();
  // what the scanner says of the symbology
  let rest = code.replace(/^\][A-Za-z]\d/, '');
  while (rest.length > 2) {
    if (rest.startsWith(END)) {
      rest = rest.slice(1);
      continue;
    }
    const ai = rest.slice(0, 2);
    const length = FIXED[ai];
    const end = length === undefined ? (rest + END).indexOf(END) : 2 + length;
    if ((length === undefined && !VARIABLE.has(ai)) || end > rest.length) return new Map();
    values.set(ai, rest.slice(2, end));
    rest = rest.slice(end);
  }
  return values;
}

/** YYMMDD; a day 00 is the last of its month. Of this century: food is not older. */
function dayOf(digits: string | undefined): string | undefined {
  const [, year, month, day] = /^(\d\d)(\d\d)(\d\d)$/.exec(digits ?? '') ?? [];
  if (year === undefined) return undefined;
  const date = new Date(
    Date.UTC(2000 + Number(year), Number(month) - (day === '00' ? 0 : 1), Number(day)),
  );
  const text = date.toISOString().slice(0, 10);
  return text.slice(2, 7) === `${year}-${month}` ? text : undefined;
}
