import type { Millis } from '../clock.ts';
import type { NotificationOutbox } from '../notify/outbox.ts';
import type { Watchdog } from './watchdog.ts';

/** A message that has been owed for so long has not reached anybody. */
export const OWED_TOO_LONG: Millis = 5 * 60_000;

/**
 * Messages are owed and do not go out. One whose quota is used up waits for hours: that is no trouble
 * where its person was told by another channel.
 */
export const owedMessagesWatchdog = (outbox: Pick<NotificationOutbox, 'unheard'>): Watchdog => ({
  codes: ['OUTBOX_STUCK'],
  onDelay: 0,
  offDelay: 60_000,
  look(now) {
    const { count, oldest = now } = outbox.unheard(now);
    const minutes = Math.floor((now - oldest) / 60_000);
    if (now - oldest <= OWED_TOO_LONG) return [];
    return [{ code: 'OUTBOX_STUCK', params: { count, minutes }, severity: 'major' }];
  },
});
