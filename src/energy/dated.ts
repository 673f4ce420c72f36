import type { Dated } from './schema.ts';

/** What holds on a day (YYYY-MM-DD); undefined before the first day of a list. */
export function valueOn(dated: Dated | undefined, day: string): number | undefined {
  if (dated === undefined || typeof dated === 'number') return dated;
  return dated.findLast(({ from }) => from === undefined || from <= day)?.value;
}
