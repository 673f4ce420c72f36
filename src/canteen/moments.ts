/** Keys that hold moments. */
const MOMENTS = new Set([
  ...['time', 'received', 'since', 'until', 'taken', 'keepUntil', 'disposed'],
  ...['started', 'finished', 'from', 'to', 'recorded'],
]);

/** Writes moments as ISO 8601; days are texts already. */
export const sayTimes = (key: string, value: unknown): unknown =>
  typeof value === 'number' && MOMENTS.has(key) ? new Date(value).toISOString() : value;
