/** A message as a mail program shows it: enough of MIME for one text part. */
export function readMail(raw: string): { to: string[]; subject: string; text: string } {
  const at = raw.indexOf('\r\n\r\n');
  const head = raw.slice(0, at).replace(/\r\n[ \t]+/g, ' ');
  const headers = new Map(
    head.split('\r\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const encoding = headers.get('content-transfer-encoding')?.toLowerCase() ?? '7bit';
  const mailboxes = headers.get('to')?.match(/[^\s<>,"]+@[^\s<>,"]+/g) ?? [];
  return {
    to: [...mailboxes],
    subject: decodeWords(headers.get('subject') ?? ''),
    text: decodeBody(raw.slice(at + 4), encoding)
      .replaceAll('\r\n', '\n')
      .trimEnd(),
  };
}

/** RFC 2047: `=?UTF-8?B?…?=`, one after another. */
function decodeWords(text: string): string {
  const joined = text.replace(/(=\?[^?]+\?[BQ]\?[^?]*\?=)\s+(?==\?)/gi, '$1');
  return joined.replace(/=\?utf-8\?([BQ])\?([^?]*)\?=/gi, (_whole, kind: string, data: string) =>
    kind.toUpperCase() === 'B'
      ? Buffer.from(data, 'base64').toString('utf8')
      : unquote(data.replaceAll('_', ' ')),
  );
}

function decodeBody(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  return encoding === 'quoted-printable' ? unquote(body.replace(/=\r\n/g, '')) : body;
}

const unquote = (text: string): string =>
  Buffer.from(
    text.replace(/=([0-9A-F]{2})/gi, (_whole, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    ),
    'latin1',
  ).toString('utf8');
