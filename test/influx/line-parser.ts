/**
 * Reads line protocol by its published grammar, character by character. Written for the tests, so
 * that the gateway's writer is judged by somebody else.
 */
export interface ParsedLine {
  measurement: string;
  tags: Record<string, string>;
  fields: Record<string, number | boolean | string>;
  /** Milliseconds. */
  time: number;
}

class Cursor {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get here(): string {
    return this.text.charAt(this.at);
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** Takes the character that must stand here. */
  need(wanted: string): void {
    if (this.here !== wanted) this.fail(`"${wanted}" is needed`);
    this.at += 1;
  }

  /** Reads a name up to one of `ends`; a backslash takes the meaning of the character after it. */
  name(ends: string, escapable: string): string {
    let name = '';
    while (!this.isAtEnd && !ends.includes(this.here)) {
      if (this.here === '\\' && escapable.includes(this.text.charAt(this.at + 1) || '?')) {
        this.at += 1;
      }
      name += this.here;
      this.at += 1;
    }
    if (name === '') this.fail('a name is empty');
    return name;
  }

  quoted(): string {
    let text = '';
    this.need('"');
    while (this.here !== '"') {
      if (this.isAtEnd) this.fail('the quote is not closed');
      if (this.here === '\\' && ['"', '\\'].includes(this.text.charAt(this.at + 1))) this.at += 1;
      text += this.here;
      this.at += 1;
    }
    this.need('"');
    return text;
  }

  fail(reason: string): never {
    throw new Error(`${reason} at ${this.at} of ${JSON.stringify(this.text)}`);
  }
}

const FLOAT = /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

function readValue(cursor: Cursor): number | boolean | string {
  if (cursor.here === '"') return cursor.quoted();
  const word = cursor.name(', ', '');
  if (/^(?:t|T|true|True|TRUE)$/.test(word)) return true;
  if (/^(?:f|F|false|False|FALSE)$/.test(word)) return false;
  if (!FLOAT.test(word)) cursor.fail(`${word} is no float`);
  return Number(word);
}

/** Reads one line. Throws what is wrong with it. */
export function parseLine(text: string): ParsedLine {
  if (/[\r\n]/.test(text)) throw new Error('more than one line');
  const cursor = new Cursor(text);
  if (cursor.here === '#') cursor.fail('a comment');
  const measurement = cursor.name(', ', ', ');
  const tags = new Map<string, string>();
  while (cursor.here === ',') {
    cursor.need(',');
    const key = cursor.name('=, ', ',= ');
    cursor.need('=');
    if (tags.has(key)) cursor.fail(`the tag ${key} stands twice`);
    tags.set(key, cursor.name(',= ', ',= '));
  }
  const fields = new Map<string, number | boolean | string>();
  for (let separator = ' '; cursor.here === separator; separator = ',') {
    cursor.need(separator);
    const key = cursor.name('=, ', ',= ');
    cursor.need('=');
    fields.set(key, readValue(cursor));
  }
  cursor.need(' ');
  const time = cursor.text.slice(cursor.at);
  if (!/^-?\d+$/.test(time)) cursor.fail('the time is no integer');
  return {
    measurement,
    tags: Object.fromEntries(tags),
    fields: Object.fromEntries(fields),
    time: Number(time),
  };
}
