import { CodedError } from '../errors.ts';
import { type Act, type Books, need, record } from './books.ts';
import { optionalNumber, optionalText } from './statements.ts';

/** What is recalled: some batches, or all of a supplier that came since a time. */
export interface RecallScope {
  batches?: string[] | undefined;
  supplier?: string | undefined;
  since?: number | undefined;
}

const MOST = 20_000;

/**
 * Marks batches as recalled: from now on nobody can use them. Throws RECORD_UNKNOWN where nothing fits.
 */
export function recall(books: Books, act: Act & { reason: string }, scope: RecallScope): void {
  const { campus } = act;
  const { supplier } = scope;
  const known = books.ledger.find(campus, act.id);
  // sent a second time it is the same recall, whatever was delivered since
  if (known?.kind === 'recalled') return;
  const batches = scope.batches ?? batchesOf(books, campus, scope);
  const body = { batches, ...(supplier === undefined ? {} : { supplier }) };
  record(books, 'recalled', act.id, act, body, () => {
    for (const batch of batches) need(books, 'food_batch', campus, batch);
    if (batches.length === 0) {
      const id = supplier ?? '';
      throw new CodedError('RECORD_UNKNOWN', { what: 'batch of', whatZh: '批次，供货者', id });
    }
  });
}

/** Ends a recall. Throws RECORD_DONE or RECORD_UNKNOWN. */
export function liftRecall(books: Books, act: Act & { reason: string }, id: string): void {
  record(books, 'recall-lifted', id, act, {}, () => {
    const row = need(books, 'food_recall', act.campus, id);
    const lifted = optionalNumber(row, 'lifted');
    if (lifted === undefined) return;
    const time = new Date(lifted).toISOString();
    throw new CodedError('RECORD_DONE', { person: optionalText(row, 'lifted_by') ?? '', time });
  });
}

function batchesOf(books: Books, campus: string, { supplier = '', since = 0 }: RecallScope) {
  need(books, 'supplier', campus, supplier);
  return books
    .sql(
      'SELECT id FROM food_batch WHERE campus = ? AND supplier = ? AND received >= ? ORDER BY received LIMIT ?',
    )
    .all(campus, supplier, since, MOST)
    .map(({ id }) => String(id));
}
