import { type Books, needCampus } from './books.ts';
import { batchOfCard } from './card-links.ts';
import { type PackageCode, readPackageCode } from './gs1.ts';
import { type BatchLine, listBatches, type UsualDelivery, usualOf } from './receiving.ts';
import { optionalText } from './statements.ts';

/** What is known of a code that a phone has scanned. */
export interface Lookup extends PackageCode {
  /** To be stored with a new batch, so that the next one is known by it. */
  code: string;
  /** Batches that carry it and of which something is left; of a card exactly its own. */
  batches: BatchLine[];
  /** The product as it came the last time, to begin a delivery from. */
  usual: (UsualDelivery & { supplier: string | undefined }) | undefined;
}

const MOST = 50;

/** Looks a barcode or QR code up: of a package, or of one of our own cards. */
export function lookUp(books: Books, campus: string, scanned: string): Lookup {
  needCampus(books, campus);
  const own = batchOfCard(scanned);
  const found = readPackageCode(scanned);
  const code = found.gtin ?? scanned;
  const codes = [...new Set([scanned, ...variantsOf(found.gtin)])];
  const batches =
    own === undefined
      ? codes.flatMap((one) => listBatches(books, campus, { code: one, inStock: true }, '', MOST))
      : listBatches(books, campus, { id: own }, '', 1);
  const newest = books
    .sql(
      `SELECT * FROM food_batch WHERE campus = ? AND received IS NOT NULL
         AND (id = ? OR code IN (SELECT value FROM json_each(?)))
       ORDER BY received DESC LIMIT 1`,
    )
    .get(campus, own ?? '', JSON.stringify(codes));
  const usual = newest && { ...usualOf(newest), supplier: optionalText(newest, 'supplier') };
  return { ...found, code, batches, usual };
}

/** A GTIN as it may have been written down: with and without leading zeros. */
const variantsOf = (gtin: string | undefined): string[] =>
  gtin === undefined
    ? []
    : [14, 13, 12, 8]
        .filter((n) => /^0*$/.test(gtin.slice(0, 14 - n)))
        .map((n) => gtin.slice(14 - n));
