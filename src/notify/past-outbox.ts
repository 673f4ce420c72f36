import type { Campus } from '../campus/model.ts';
import type { Millis } from '../clock.ts';
import { CodedError, describe } from '../errors.ts';
import type { Channel, Message } from './channel.ts';
import { onDuty } from './roster.ts';

const ANSWER_TIMEOUT: Millis = 10_000;

/**
 * Tells whoever is on duty that nothing can be written: the one message that cannot wait in the
 * outbox, as that lies on the same disk. One attempt by every channel.
 */
export function tellOfStorage(
  failure: Error,
  campus: Campus,
  channels: Iterable<Channel>,
  now: Millis,
): void {
  const message = storageMessage(failure, campus, now);
  const person = onDuty(campus, now) ?? {};
  for (const channel of channels) {
    void channel.send(message, person, AbortSignal.timeout(ANSWER_TIMEOUT));
  }
}

function storageMessage(failure: Error, campus: Campus, now: Millis): Message {
  const isCoded = failure instanceof CodedError;
  const code = isCoded ? failure.code : 'STORAGE_FAILED';
  const words = describe(code, isCoded ? failure.params : { reason: failure.message });
  return {
    id: `storage-${now}`,
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
    since: new Date(now).toISOString(),
    person: null,
    acknowledgeUrl: null,
    timezone: campus.timezone,
  };
}
