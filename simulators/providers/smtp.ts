import { once } from 'node:events';
import { SMTPServer } from 'smtp-server';
import { readMail } from './mail.ts';
import type { Failure, ProviderSecrets, ReceivedMessage } from './provider.ts';

interface SmtpOptions {
  host: string;
  secrets: ProviderSecrets['email'];
  now: () => number;
  failure: () => Failure | undefined;
  /** A message came, whatever becomes of it. */
  onRequest: () => void;
  deliver: (message: ReceivedMessage) => void;
}

/** A mail server with a login, and without TLS, for it listens on loopback only. */
export async function startSmtp(
  options: SmtpOptions,
): Promise<{ port: number; stop(): Promise<void> }> {
  const { host, secrets, now, failure, onRequest, deliver } = options;
  const server = new SMTPServer({
    logger: false,
    hideSTARTTLS: true,
    disableReverseLookup: true,
    allowInsecureAuth: true,
    onAuth({ username, password }, _session, callback) {
      const isKnown = username === secrets.user && password === secrets.password;
      if (isKnown) callback(null, { user: secrets.user });
      else callback(reply(535, `Error: authentication failed for ${username}`));
    },
    onRcptTo({ address }, _session, callback) {
      const how = failure();
      if (typeof how === 'object') callback(reply(how.status, `<${address}>: rejected`));
      else callback();
    },
    onData(stream, _session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString('utf8');
        const how = failure();
        onRequest();
        if (how === 'stall') return;
        if (how === 'drop') {
          for (const connection of server.connections) connection.close();
          return;
        }
        if (how === 'busy' || how === 'html' || how === 'malformed') {
          callback(reply(451, 'Temporary local problem'));
          return;
        }
        if (how !== 'swallow') {
          const { to, subject: title, text } = readMail(raw);
          deliver({ provider: 'email', time: now(), to, title, text, raw });
        }
        if (how !== 'silent') callback(null, 'Message queued');
      });
    },
  });
  // a client that goes away in the middle is what is being tested
  server.on('error', () => undefined);
  const listener = server.listen(0, host);
  await once(listener, 'listening');
  const address = listener.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    stop() {
      for (const connection of server.connections) connection.close();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

const reply = (responseCode: number, message: string): Error =>
  Object.assign(new Error(message), { responseCode });
