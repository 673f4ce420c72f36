import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { Type } from 'typebox';
import type { Clock, Millis, Timer } from '../clock.ts';
import { about, Id } from '../validation.ts';
import type { App } from './app.ts';
import { alarmText, fits, type LiveFilter, type LivePlace, type LiveSink } from './hub.ts';
import type { HttpParts } from './parts.ts';
import { failures } from './shapes.ts';

const BEAT: Millis = 15_000;
/** Milliseconds after which a browser connects again. */
const RETRY: Millis = 3_000;
/** Missed alarm events are read in portions. */
const PORTION = 200;

const EventId = Type.Integer({ minimum: 0, ...about('Of an alarm event', '报警事件编号') });

const LiveQuery = Type.Object(
  {
    campus: Type.Optional(Id()),
    device: Type.Optional(Id()),
    lastEventId: Type.Optional(EventId),
  },
  { additionalProperties: false },
);

/** Adds the stream of what happens now. */
export function addLiveRoute(app: App, parts: HttpParts): void {
  const { hub, clock } = parts;
  beatWhileOpen(app, clock, () => hub.beat());

  app.get(
    '/api/v1/live',
    {
      exposeHeadRoute: false,
      schema: {
        tags: ['live'],
        summary: '实时数据 / Live events',
        description:
          'Server-sent events: `reading` and `alarm`. `id` is the id of an alarm event; a client that comes back with the last one (Last-Event-ID or lastEventId) gets the alarm events it has missed.',
        headers: Type.Object({ 'last-event-id': Type.Optional(EventId) }),
        querystring: LiveQuery,
        response: {
          200: {
            description: 'A stream of events',
            content: { 'text/event-stream': { schema: Type.Unsafe<never>(Type.String()) } },
          },
          ...failures,
        },
      },
    },
    async ({ query, headers }, reply) => {
      const { campus, device } = query;
      const filter = { campus, device };
      const place = hub.join(filter, sinkOf(reply.raw));
      reply.raw.once('close', place.leave);
      reply.hijack();
      // what the hooks have set would be sent by Fastify only
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) reply.raw.setHeader(name, value);
      }
      reply.raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        // a proxy must not gather what should arrive now
        'x-accel-buffering': 'no',
      });
      reply.raw.write(`retry: ${RETRY}\n\n`);
      const latest = parts.latestAlarmEvent();
      // after a backup was restored the client may be ahead of us
      const last = Math.min(latest, headers['last-event-id'] ?? query.lastEventId ?? latest);
      try {
        await catchUp(parts, reply.raw, filter, last, place);
      } catch (error) {
        reply.log.error({ err: error }, 'a live client could not be served');
        reply.raw.destroy();
      }
    },
  );
}

/** Sends the alarm events after `last`, then lets the client listen: none is lost in between. */
async function catchUp(
  { store }: HttpParts,
  response: ServerResponse,
  filter: LiveFilter,
  last: number,
  place: LivePlace,
): Promise<void> {
  let reached = last;
  for (;;) {
    const events = store.eventsAfter(reached, PORTION);
    for (const event of events) {
      if (fits(filter, event.alarm.campus, event.alarm.device)) response.write(alarmText(event));
    }
    reached = events.at(-1)?.id ?? reached;
    if (events.length < PORTION) break;
    if (response.writableNeedDrain) {
      await Promise.race([once(response, 'drain'), once(response, 'close')]);
    }
    // a long past must not hold up what happens now
    await setImmediate();
    if (response.destroyed) return;
  }
  place.listen();
  // whoever leaves before the first alarm, or hears none of its own, can resume from here too
  response.write(`id: ${reached}\n\n`);
}

function sinkOf(response: ServerResponse): LiveSink {
  return {
    get buffered() {
      return response.writableLength;
    },
    write: (text) => response.write(text),
    close: () => response.destroy(),
  };
}

function beatWhileOpen(app: App, clock: Clock, beat: () => void): void {
  let timer: Timer | undefined;
  const next = () => {
    timer = clock.after(BEAT, () => {
      beat();
      next();
    });
  };
  app.addHook('onReady', async () => next());
  app.addHook('onClose', async () => timer?.cancel());
}
