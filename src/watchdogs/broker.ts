import type { TransportStatus } from '../transport/transport.ts';
import type { Watchdog } from './watchdog.ts';

/** No message can arrive: an external broker is away, or the embedded one does not listen. */
export const brokerWatchdog = (status: () => TransportStatus, broker: string): Watchdog => ({
  codes: ['BROKER_DOWN'],
  onDelay: 2 * 60_000,
  offDelay: 60_000,
  look() {
    const { connected, problem = '–' } = status();
    if (connected) return [];
    return [{ code: 'BROKER_DOWN', params: { broker, problem }, severity: 'major' }];
  },
});
