/** How a channel counts the length of a text. */
export type Measure = (text: string) => number;

export const utf8Bytes: Measure = (text) => Buffer.byteLength(text);
/** As it stands within a JSON body, where a line break takes two. */
export const jsonBytes: Measure = (text) => Buffer.byteLength(JSON.stringify(text)) - 2;
/** UTF-16 units: never fewer than a vendor counts, whatever a vendor calls a character. */
export const characters: Measure = (text) => text.length;

/**
 * A line of a message. What (title), where, value and what to do are `essential`: shortened if
 * need be, but never left out. `fixed` (the link, a keyword) is worthless if cut. `extra` goes
 * first, from the end.
 */
export interface Line {
  text: string;
  role: 'essential' | 'fixed' | 'extra';
}

const GRAPHEMES = new Intl.Segmenter('zh', { granularity: 'grapheme' });
const ELLIPSIS = '…';

/** Below so much room for the essential lines, fixed ones give way: a link alone says nothing. */
const LEAST_ROOM = 24;

/** One line, without control characters and lone surrogates. */
export const oneLine = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim();

/** A text within a limit: cut in the middle, for it begins with the place and ends with the time. */
export function shorten(text: string, limit: number, measure: Measure): string {
  const clean = text.toWellFormed();
  if (measure(clean) <= limit) return clean;
  const room = limit - measure(ELLIPSIS);
  if (room < 0) return '';
  const pieces = [...GRAPHEMES.segment(clean)].map(({ segment }) => segment);
  const size = (at: number) => measure(pieces[at] ?? '');
  let used = 0;
  let head = 0;
  const headRoom = Math.ceil((room * 2) / 3);
  while (head < pieces.length && used + size(head) <= headRoom) used += size(head++);
  let tail = pieces.length;
  while (tail > head && used + size(tail - 1) <= room) used += size(--tail);
  return [...pieces.slice(0, head), ELLIPSIS, ...pieces.slice(tail)].join('');
}

/** The lines as one text within a limit, whatever they hold. */
export function fitted(lines: readonly Line[], limit: number, measure: Measure): string {
  const kept = lines
    .map(({ text, role }) => ({ text: oneLine(text), role }))
    .filter(({ text }) => text !== '');
  const lineBreak = measure('\n');
  const size = () => kept.reduce((sum, { text }) => sum + measure(text) + lineBreak, -lineBreak);
  for (let i = kept.length - 1; i >= 0 && size() > limit; i--) {
    if (kept[i]?.role === 'extra') kept.splice(i, 1);
  }
  if (size() <= limit) return join(kept);

  const essential = kept.filter(({ role }) => role === 'essential');
  const sizes = essential.map(({ text }) => measure(text));
  const room = limit - size() + sizes.reduce((sum, n) => sum + n, 0);
  if (room < LEAST_ROOM && essential.length > 0 && essential.length < kept.length) {
    return fitted(essential, limit, measure);
  }
  const cap = fairShare(sizes, room);
  const short = kept.map((line) =>
    line.role === 'essential' ? { ...line, text: shorten(line.text, cap, measure) } : line,
  );
  return shorten(join(short), limit, measure);
}

/** How long each may be at most so that together they are no longer than `room`. */
function fairShare(sizes: readonly number[], room: number): number {
  let left = room;
  const ascending = sizes.toSorted((a, b) => a - b);
  for (const [i, size] of ascending.entries()) {
    const share = Math.floor(left / (ascending.length - i));
    if (size > share) return share;
    left -= size;
  }
  return Number.POSITIVE_INFINITY;
}

const join = (lines: readonly Line[]): string =>
  lines
    .map(({ text }) => text)
    .filter((text) => text !== '')
    .join('\n');
