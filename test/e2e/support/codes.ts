import type { Ended } from './process.ts';

/** The codes of the error catalogue that were said, in order. */
export const codesOf = ({ stderr }: Pick<Ended, 'stderr'>): string[] =>
  [...stderr.matchAll(/\[([A-Z_]+)\]/g)].map(([, code = '']) => code);

/** How a command ended, in short. */
export const outcome = (ended: Ended) => ({ code: ended.code, codes: codesOf(ended) });
