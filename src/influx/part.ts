/** Lines that are sent together. */
export interface Part {
  text: string;
  lines: number;
}

/** Cuts after so many lines. */
function cutAfter(text: string, lines: number): [string, string] {
  let at = -1;
  for (let i = 0; i < lines; i++) at = text.indexOf('\n', at + 1);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** Two halves of more than one line, in order. */
export function halve({ text, lines }: Part): [Part, Part] {
  const half = Math.ceil(lines / 2);
  const [first, second] = cutAfter(text, half);
  return [
    { text: first, lines: half },
    { text: second, lines: lines - half },
  ];
}

/** Parts of at most `limit` lines, in order. */
export function split(part: Part, limit: number): Part[] {
  const parts: Part[] = [];
  let { text, lines } = part;
  for (; lines > limit; lines -= limit) {
    const [first, rest] = cutAfter(text, limit);
    parts.push({ text: first, lines: limit });
    text = rest;
  }
  parts.push({ text, lines });
  return parts;
}
