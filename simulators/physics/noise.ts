/** A series of random numbers in [0, 1) that can be read at any index, in any order. */
export type Noise = (index: number) => number;

/** The series of that name: the same names give the same numbers, on every run and machine. */
export function noise(...names: readonly (string | number)[]): Noise {
  const seed = hash(names.join('\n'));
  return (index) => mix(seed ^ mix(index | 0)) / 2 ** 32;
}

/** FNV-1a. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h;
}

/** The finaliser of MurmurHash3: neighbouring numbers come out unrelated. */
function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
