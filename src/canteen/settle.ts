import { CodedError } from '../errors.ts';
import { fromThousandths, optionalNumber, optionalText, type Tables } from './statements.ts';
import { type Movement, stockOf } from './stock.ts';

/**
 * Works out anew where a batch lies, from its receipt and all its movements. Throws STOCK_SHORT where
 * a movement takes more than there is.
 */
export function settle({ sql }: Tables, campus: string, batch: string): void {
  const row = sql('SELECT * FROM food_batch WHERE campus = ? AND id = ?').get(campus, batch);
  if (!row) return;
  const movements = sql(
    `SELECT * FROM stock_movement WHERE campus = ? AND batch = ? AND reversed = 0
     ORDER BY time, number`,
  ).all(campus, batch);
  const received = optionalNumber(row, 'received');
  const receipt =
    received === undefined
      ? undefined
      : { time: received, quantity: Number(row.quantity), place: String(row.place) };
  const stock = stockOf(receipt, movements.map(toMovement));
  if (stock.short) {
    throw new CodedError('STOCK_SHORT', {
      batch,
      product: String(row.product),
      there: fromThousandths(stock.short.there),
      unit: String(row.unit),
    });
  }
  sql('DELETE FROM batch_stock WHERE campus = ? AND batch = ?').run(campus, batch);
  for (const [place, quantity] of stock.places) {
    sql('INSERT INTO batch_stock VALUES (?, ?, ?, ?)').run(campus, batch, place, quantity);
  }
  sql('DELETE FROM batch_stay WHERE campus = ? AND batch = ?').run(campus, batch);
  for (const { place, since, until } of stock.stays) {
    // in and out and in again within one millisecond is one stay
    sql(
      `INSERT INTO batch_stay VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET until = excluded.until`,
    ).run(campus, batch, place, since, until ?? null);
  }
  sql('UPDATE food_batch SET remaining = ? WHERE campus = ? AND id = ?').run(
    stock.left ?? null,
    campus,
    batch,
  );
}

function toMovement(row: Record<string, unknown>): Movement {
  const { kind } = row;
  if (kind !== 'moved' && kind !== 'used' && kind !== 'thrown') {
    throw new Error(`a movement of the kind ${kind}`);
  }
  return {
    id: String(row.id),
    time: Number(row.time),
    kind,
    quantity: Number(row.quantity),
    origin: optionalText(row, 'origin'),
    destination: optionalText(row, 'destination'),
  };
}
