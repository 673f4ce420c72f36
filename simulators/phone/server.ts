import Fastify from 'fastify';
import { Value } from 'typebox/value';
import { listen } from '../../src/http/listen.ts';
import type { Exchange } from '../providers/provider.ts';
import { acknowledgeAt } from './acknowledge.ts';
import { addFaultProxy } from './fault-proxy.ts';
import { Inbox } from './inbox.ts';
import { EventStream } from './live.ts';
import { Notification } from './notification.ts';
import { addPage } from './page.ts';
import { isSigned } from './signature.ts';

/** Of the providers; the oldest go first. */
const MAX_EXCHANGES = 200;
const MAX_BODY = 64 * 1024;

export interface DutyPhoneOptions {
  host: string;
  /** 0 picks a free one. */
  port: number;
  /** What the gateway signs its messages with. */
  secret: string;
  /** Keeps the messages over a restart. */
  dataFile?: string;
  /** A campus simulator's control interface: adds buttons that cause faults. */
  controlUrl?: string;
}

export interface DutyPhone {
  /** The page; notifications go to `/notifications` below it. */
  url: string;
  /** What it has taken, oldest first. */
  readonly received: Notification[];
  /** The first notification that fits, taken before or within `ms` from now; else it rejects. */
  waitFor(predicate: (notification: Notification) => boolean, ms: number): Promise<Notification>;
  /** Takes nothing and answers with this status; undefined: works again. */
  respondWith(status: number | undefined): void;
  /** Takes nothing and answers nothing until called with false. */
  stall(stalled: boolean): void;
  /** Shows what a simulated provider was asked to deliver, and what it said. */
  show(exchange: Exchange): void;
  /** Connects the page's buttons to a simulator that was started later. */
  controlWith(url: string): void;
  stop(): Promise<void>;
}

/**
 * The duty phone of a demonstration or a test: takes the gateway's messages and shows them. Throws
 * PORT_IN_USE or ADDRESS_UNUSABLE.
 */
export async function startDutyPhone(options: DutyPhoneOptions): Promise<DutyPhone> {
  const inbox = new Inbox(options.dataFile);
  const stream = new EventStream();
  const exchanges: Exchange[] = [];
  const waiting = new Set<(notification: Notification) => void>();
  let { controlUrl } = options;
  let failure: number | undefined;
  let stalled = Promise.withResolvers<void>();
  stalled.resolve();

  const app = Fastify({ bodyLimit: MAX_BODY, forceCloseConnections: true });
  // a page of another site can send plain text without being asked, but no JSON
  app.removeContentTypeParser('text/plain');
  addPage(app);
  app.get('/events', (_request, reply) => {
    reply.hijack();
    const canCauseFaults = controlUrl !== undefined;
    stream.open(reply.raw, { messages: inbox.all(), canCauseFaults, exchanges });
  });
  app.post<{ Params: { id: string }; Body: object }>(
    '/notifications/:id/acknowledge',
    { schema: { body: { type: 'object' } } },
    async (request, reply) => {
      const message = inbox.get(request.params.id);
      const url = message?.notification.acknowledgeUrl;
      if (!message || !url) return reply.code(404).send({ error: 'nothing to acknowledge' });
      const acknowledgement = await acknowledgeAt(url);
      if (acknowledgement.outcome !== 'failed') {
        stream.send({ messages: inbox.acknowledge(message, acknowledgement) });
      }
      return acknowledgement;
    },
  );
  addFaultProxy(app, () => controlUrl);
  app.register(async (signed) => {
    // the signature is over the bytes as they came
    signed.removeAllContentTypeParsers();
    signed.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    );
    signed.post('/notifications', async (request, reply) => {
      await stalled.promise;
      if (failure !== undefined) return reply.code(failure).send({ error: 'told to fail' });
      const { body, headers } = request;
      if (!Buffer.isBuffer(body) || !isSigned(options.secret, headers, body, Date.now())) {
        return reply.code(401).send({ error: 'signature missing, wrong or too old' });
      }
      const parsed = readNotification(body);
      if ('error' in parsed) return reply.code(400).send(parsed);
      const { notification } = parsed;
      if (headers['idempotency-key'] !== notification.id) {
        return reply.code(400).send({ error: 'idempotency-key is not the id of the notification' });
      }
      if (!inbox.has(notification.id)) {
        const message = inbox.add(notification, new Date().toISOString());
        stream.send({ messages: [message] });
        for (const tell of waiting) tell(notification);
      }
      return { ok: true };
    });
  });
  const url = await listen(app, options.host, options.port, '值班手机 duty phone');
  const received = () => inbox.all().map(({ notification }) => notification);

  return {
    url,
    get received() {
      return received();
    },
    waitFor(predicate, ms) {
      const found = received().find(predicate);
      if (found) return Promise.resolve(found);
      const { promise, resolve, reject } = Promise.withResolvers<Notification>();
      const tell = (notification: Notification) => {
        if (predicate(notification)) resolve(notification);
      };
      const timer = setTimeout(() => {
        const titles = received().map(({ event, title }) => `${event} ${title.en}`);
        reject(new Error(`nothing that fits within ${ms} ms; received: ${titles.join('; ')}`));
      }, ms);
      waiting.add(tell);
      return promise.finally(() => {
        clearTimeout(timer);
        waiting.delete(tell);
      });
    },
    respondWith(status) {
      failure = status;
    },
    stall(on) {
      stalled.resolve();
      stalled = Promise.withResolvers();
      if (!on) stalled.resolve();
    },
    show(exchange) {
      exchanges.push(exchange);
      if (exchanges.length > MAX_EXCHANGES) exchanges.shift();
      stream.send({ exchanges: [exchange] });
    },
    controlWith(control) {
      controlUrl = control;
      stream.send({ canCauseFaults: true });
    },
    async stop() {
      stalled.resolve();
      stream.close();
      await app.close();
    },
  };
}

function readNotification(body: Buffer): { notification: Notification } | { error: string } {
  try {
    return { notification: Value.Parse(Notification, JSON.parse(body.toString('utf8'))) };
  } catch {
    return { error: 'not a notification' };
  }
}
