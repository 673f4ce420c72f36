import type { Logger } from 'pino';
import type { Campus } from '../campus/model.ts';
import type { Clock, Millis } from '../clock.ts';
import { CodedError, describe, type ErrorCode, type ErrorParams } from '../errors.ts';
import type { Channel, Message } from './channel.ts';
import type { Heard } from './outbox.ts';
import { onDuty } from './roster.ts';

const ANSWER_TIMEOUT: Millis = 10_000;

/** A time in which nothing can be written. */
export interface Outage {
  failure: Error;
  since: Millis;
}

/** The catalogue's words for an outage. */
export function outageCode({ failure }: Outage): { code: ErrorCode; params: ErrorParams } {
  return failure instanceof CodedError
    ? failure
    : { code: 'STORAGE_FAILED', params: { reason: failure.message } };
}

/**
 * Tells whoever is on duty that nothing can be written: the one message that cannot wait in the
 * outbox, as that lies on the same disk. One attempt by every channel, all at once; answers who has
 * heard of it. A repeat is the same message under the same id.
 */
export async function tellOfOutage(
  outage: Outage,
  campus: Campus,
  channels: Iterable<Channel>,
  { clock, log, signal }: { clock: Clock; log: Logger; signal: AbortSignal },
): Promise<Heard[]> {
  const message = outageMessage(outage, campus);
  const person = onDuty(campus, clock.now());
  const heard: Heard[] = [];
  const attempts = Array.from(channels, async (channel) => {
    const timeout = AbortSignal.timeout(ANSWER_TIMEOUT);
    const outcome = await channel.send(message, person ?? {}, AbortSignal.any([signal, timeout]));
    const said = { channel: channel.name, outcome: outcome.kind, detail: outcome.detail };
    if (outcome.kind !== 'sent') {
      log.warn(said, 'not told that the database cannot be written');
      return;
    }
    log.info(said, 'told that the database cannot be written');
    heard.push({ channel: channel.name, person, time: clock.now(), detail: outcome.detail });
  });
  await Promise.all(attempts);
  return heard;
}

function outageMessage(outage: Outage, campus: Campus): Message {
  const { code, params } = outageCode(outage);
  const words = describe(code, params);
  return {
    id: `storage-${outage.since}`,
    alarm: '0',
    event: 'raised',
    severity: 'major',
    campus: { id: campus.id, name: campus.name },
    device: { id: 'gateway', name: '网关 gateway' },
    zone: campus.name,
    rule: code.toLowerCase().replaceAll('_', '-'),
    title: words.message,
    text: words.message,
    action: words.remedy,
    value: null,
    limit: null,
    unit: '',
    since: new Date(outage.since).toISOString(),
    person: null,
    acknowledgeUrl: null,
    timezone: campus.timezone,
  };
}
