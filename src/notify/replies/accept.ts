import type { Logger } from 'pino';
import type { Alarm, AlarmStore } from '../../alarms/store.ts';
import type { Campus, Person } from '../../campus/model.ts';
import type { Millis } from '../../clock.ts';
import { CodedError, describe, type ErrorCode, type ErrorParams, type Text } from '../../errors.ts';
import { answer, type OpenedLink } from '../acknowledge.ts';
import { headline } from '../compose.ts';
import { isGroup } from '../escalation.ts';
import type { NotificationOutbox } from '../outbox.ts';
import type { AlarmReference, OnAcknowledge, Sender } from './reply.ts';
import type { ReplyStore } from './store.ts';

/** Vendors' clocks and ours differ by so much at most. */
const TOLERANCE: Millis = 60_000;

/** What is wrong with a reply, and not with the gateway. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'LINK_INVALID',
  'LINK_EXPIRED',
  'LINK_USED',
  'ALARM_ACKNOWLEDGED',
  'ALARM_CLOSED',
  'ALARM_UNKNOWN',
]);

/** A channel of a campus. */
export interface Place {
  /** Its id. */
  campus: string;
  channel: string;
}

export interface AcceptParts {
  log: Logger;
  now(): Millis;
  campus(id: string): Campus | undefined;
  transact<T>(work: () => T): T;
  store: AlarmStore;
  outbox: NotificationOutbox;
  replies: ReplyStore;
  /** Throws as `openLink` does. */
  openLink(token: string): OpenedLink;
  /** In a transaction of its own; throws as `useLink` does. */
  useLink(token: string): Alarm;
}

/**
 * Acknowledges by reply, for the channels that share a connection. An unknown sender changes
 * nothing; every refusal is logged with its code, and answered.
 */
export function createAcceptor(parts: AcceptParts, places: readonly Place[]): OnAcknowledge {
  const { log } = parts;
  return (reference, sender) => {
    try {
      if ('token' in reference) return sayDone([parts.useLink(reference.token)]);
      return parts.transact(() => acknowledgeNewest(parts, places, reference, sender));
    } catch (error) {
      if (!(error instanceof CodedError) || !REFUSALS.has(error.code)) throw error;
      log.info({ code: error.code, ...error.params }, 'a reply acknowledged nothing');
      if ('token' in reference && error.code === 'ALARM_ACKNOWLEDGED')
        useUp(parts, reference.token);
      return describe(error.code, error.params).message;
    }
  };
}

/** Taps are delivered again at the next start: one that came too late must not answer what rings then. */
function useUp({ now, outbox, openLink, transact }: AcceptParts, token: string): void {
  const { notification } = openLink(token);
  transact(() => outbox.use(notification.id, now()));
}

function acknowledgeNewest(
  { log, now, campus, store, outbox, replies }: AcceptParts,
  places: readonly Place[],
  { newestAt, reply }: Extract<AlarmReference, { newestAt: Millis }>,
  sender: Sender | undefined,
): Text | undefined {
  const refuse = (code: ErrorCode, params: ErrorParams): Text => {
    const { message, remedy } = describe(code, params);
    log.warn({ code, ...params }, message.en);
    return { zh: `${message.zh}${remedy.zh}`, en: `${message.en} ${remedy.en}` };
  };
  const known = places.flatMap((place) => {
    const here = campus(place.campus);
    const person = here?.people.find((one) => isSender(one, sender));
    return here && person ? [{ ...place, here, person }] : [];
  });
  const [first] = known;
  if (!first) {
    const { field = '?', id = '?' } = sender ?? {};
    return refuse('REPLY_UNKNOWN_SENDER', { field, id });
  }
  if (!replies.take(reply, now())) return undefined;
  const before = newestAt + TOLERANCE;
  const [newest] = known
    .flatMap(({ here, channel, person }) => {
      const own = campus('') === here ? '' : here.id;
      const id = replies.newest({
        campuses: [here.id, own],
        channel,
        person: isGroup(here, channel) ? undefined : person.id,
        before,
      });
      const told = id === undefined ? undefined : outbox.get(id);
      return told ? [{ told, person }] : [];
    })
    .sort((a, b) => b.told.id - a.told.id);
  if (!newest) return refuse('REPLY_NO_ALARM', { person: first.person.name });
  return sayDone(answer({ outbox, store }, newest.told, newest.person.name, now()));
}

const isSender = (person: Person, sender: Sender | undefined): boolean =>
  sender?.id !== undefined && person[sender.field] === sender.id;

function sayDone(told: readonly Alarm[]): Text | undefined {
  const [alarm] = told;
  if (!alarm) return undefined;
  const { zh, en } = headline(alarm, 'raised');
  const { deviceName, acknowledgedBy = '' } = alarm;
  const more =
    told.length > 1
      ? { zh: `等 ${told.length} 台`, en: ` and others, ${told.length} in all` }
      : { zh: '', en: '' };
  return {
    zh: `已确认：${zh}，${deviceName}${more.zh}，确认人 ${acknowledgedBy}。`,
    en: `Acknowledged: ${en}, ${deviceName}${more.en}, by ${acknowledgedBy}.`,
  };
}
