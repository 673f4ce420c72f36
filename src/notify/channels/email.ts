import type { Channel, Outcome } from '../channel.ts';
import { headline, isUrgent, type Language, lines } from './letter.ts';
import { failed, judged, retry, sent } from './outcome.ts';
import { guarded } from './redact.ts';
import { fitted, oneLine, shorten, utf8Bytes } from './text.ts';

const MAX_TEXT = 32_000;
/** RFC 5322: a line of 998 characters at most; encoded, a third of it is text. */
const MAX_SUBJECT = 300;
/** A server that does not even greet in this time is tried again later. */
const GREETING_TIMEOUT = 10_000;

export interface EmailOptions {
  name: string;
  host: string;
  port: number;
  /** `tls` from the start, `starttls` required, or `none`. */
  security: 'tls' | 'starttls' | 'none';
  from: string;
  user?: string | undefined;
  password?: string | undefined;
  language?: Language;
}

/** E-mail by SMTP. A repeat carries the same Message-ID, so that a mailbox can tell. */
export function emailChannel(options: EmailOptions): Channel {
  const { name, host, port, security, from, user, password = '', language = 'zh' } = options;
  const connect = async () => {
    // some megabytes, which few schools need
    const { createTransport } = await import('nodemailer');
    return createTransport({
      host,
      port,
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none',
      ...(user === undefined ? {} : { auth: { user, pass: password } }),
      connectionTimeout: GREETING_TIMEOUT,
      greetingTimeout: GREETING_TIMEOUT,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  };
  let transport: Awaited<ReturnType<typeof connect>> | undefined;
  const domain =
    from
      .split('@')
      .at(-1)
      ?.replace(/[^\w.-]/g, '') || 'localhost';
  const channel: Channel = {
    name,
    kind: 'email',
    async send(message, to, signal) {
      if (!to.email) return failed('RECIPIENT_UNREACHABLE', 'no e-mail address');
      try {
        transport ??= await connect();
        const { response } = await transport.sendMail({
          from,
          to: { name: oneLine(to.name ?? ''), address: to.email },
          subject: shorten(headline(message, language), MAX_SUBJECT, utf8Bytes),
          text: fitted(lines(message, language), MAX_TEXT, utf8Bytes),
          messageId: `<${message.campus.id}.${message.id}.${message.event}@${domain}>`,
          priority: isUrgent(message) ? 'high' : 'normal',
          // no "out of office" in return
          headers: { 'Auto-Submitted': 'auto-generated' },
          signal,
        });
        return sent(response);
      } catch (error) {
        return judgeSmtp(error);
      }
    },
  };
  return guarded(channel, [password]);
}

/** What a failure to send means: nodemailer's code, the server's reply code (RFC 5321). */
export function judgeSmtp(error: unknown): Outcome {
  const code = property(error, 'code') ?? 'failed';
  const reply = property(error, 'responseCode');
  const said = `${code} ${property(error, 'response') ?? ''}`;
  if (/^E(AUTH|NOAUTH|OAUTH2|CONFIG)$/.test(code) || reply === '530' || reply === '535') {
    return judged('setup', said);
  }
  if (reply !== undefined) return judged(reply.startsWith('5') ? 'refused' : 'busy', said);
  if (code === 'EENVELOPE') return judged('refused', said);
  const neverArrived = /^E(DNS|TLS|CONNREFUSED|NOTFOUND|HOSTUNREACH|NETUNREACH)$/.test(code);
  return retry(neverArrived ? 'CHANNEL_UNREACHABLE' : 'CHANNEL_NO_ANSWER', said);
}

function property(error: unknown, name: string): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
