const COLUMNS = 100;
const INDENT = '  ';

/**
 * JSON as the project's formatter writes it: what fits on a line is on one line. The generated
 * dashboards stay readable in a diff and a third as long.
 */
export function writeJson(value: unknown): string {
  return `${write(plain(value), '', 0)}\n`;
}

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** What JSON would keep of it. */
const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value));

/** `used`: columns taken before it on its line and after it by a comma. */
function write(value: Json, indent: string, used: number): string {
  const line = inline(value);
  const isNested = typeof value === 'object' && value !== null;
  if (!isNested || indent.length + used + width(line) <= COLUMNS) return line;
  const deeper = indent + INDENT;
  const [open, close, parts] = Array.isArray(value)
    ? ['[', ']', value.map((entry) => write(entry, deeper, 1))]
    : ['{', '}', Object.entries(value).map(([key, entry]) => member(key, entry, deeper))];
  return `${open}\n${parts.map((part) => deeper + part).join(',\n')}\n${indent}${close}`;
}

function member(key: string, value: Json, indent: string): string {
  const head = `${JSON.stringify(key)}: `;
  return head + write(value, indent, width(head) + 1);
}

function inline(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([key, entry]) => `${JSON.stringify(key)}: ${inline(entry)}`,
  );
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** Chinese characters and full-width punctuation take two columns. */
const width = (text: string): number =>
  text.length +
  (text.match(
    /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g,
  )?.length ?? 0);
