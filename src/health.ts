import type { Core } from './core.ts';
import { type Forwarder, healthOf } from './influx/forwarder.ts';
import { replyHealth } from './notify/replies/connections.ts';
import type { ReplyStatus } from './notify/replies/reply.ts';
import type { Reader } from './storage/reader.ts';
import type { TransportStatus } from './transport/transport.ts';
import { OWED_TOO_LONG } from './watchdogs/owed-messages.ts';

/** How one part of the gateway is. */
export interface HealthPart {
  ok: boolean;
  /** What is wrong, for people; undefined when all is well. */
  problem?: string | undefined;
  /** Figures that say more: connected clients, what waits, milliseconds of lag. */
  figures?: Readonly<Record<string, number>> | undefined;
}

/** How the gateway is. */
export interface Health {
  /** Readings are taken, kept and judged, and people are told: every part is well. */
  ok: boolean;
  /** Started, and taking readings. */
  ready: boolean;
  /** storage, transport, notifier, reader, ingest, … */
  parts: Readonly<Record<string, HealthPart>>;
}

export interface HealthSources {
  core: Core;
  now: number;
  started: boolean;
  transport: TransportStatus;
  /** Connections and messages that the embedded broker refused. */
  refused: number;
  reader: Reader | undefined;
  forwarder: Forwarder | undefined;
  /** Connections on which people acknowledge. */
  replies: readonly ReplyStatus[];
  /** Why nothing can be written. */
  storageFailure: string | undefined;
  /** What the integrity check found. */
  damage: string | undefined;
  /** What the watchdogs find, once they look. */
  watchdogs: HealthPart | undefined;
}

/** Judges every part of the gateway as it is now. */
export function judgeHealth(sources: HealthSources): Health {
  const { core, now, started, transport, refused, reader, forwarder } = sources;
  const { storageFailure, damage, watchdogs } = sources;
  const owed = core.outbox.unheard(now);
  const owedFor = owed.oldest === undefined ? 0 : now - owed.oldest;
  const isTold = owedFor < OWED_TOO_LONG;
  const replies = replyHealth(sources.replies, now);
  const parts: Health['parts'] = {
    storage: {
      ok: storageFailure === undefined && damage === undefined,
      problem: storageFailure ?? damage,
    },
    ingest: { ok: storageFailure === undefined, figures: { waiting: core.pipeline.waiting } },
    transport: {
      ok: transport.connected,
      problem: transport.problem,
      figures: {
        ...(transport.clients === undefined ? {} : { clients: transport.clients }),
        refused,
      },
    },
    notifier: {
      ok: isTold,
      problem: isTold ? undefined : 'notifications are owed for more than 5 minutes',
      figures: { pending: core.outbox.pending(now).count, oldestMs: owedFor },
    },
    // a thread that died starts again with the next query
    ...(reader ? { reader: { ok: true, figures: reader.status } } : {}),
    ...(watchdogs ? { watchdogs } : {}),
    ...(replies ? { replies } : {}),
    ...(forwarder ? { influx: healthOf(forwarder) } : {}),
  };
  return {
    ok: Object.values(parts).every(({ ok }) => ok),
    ready: started && storageFailure === undefined,
    parts,
  };
}
