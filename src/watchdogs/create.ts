import type { Clock } from '../clock.ts';
import type { Core } from '../core.ts';
import type { TransportStatus } from '../transport/transport.ts';
import { brokerWatchdog } from './broker.ts';
import { calibrationsWatchdog } from './calibrations.ts';
import { ChannelsWatchdog } from './channels.ts';
import { clockJumpsWatchdog } from './clock-jumps.ts';
import { type DeviceClocks, deviceClocksWatchdog } from './device-clocks.ts';
import { type DiskSpace, diskWatchdog } from './disk.ts';
import { owedMessagesWatchdog } from './owed-messages.ts';
import { rosterGapsWatchdog } from './roster-gaps.ts';
import { silentProtocolsWatchdog } from './silent-protocols.ts';
import type { Watchdog } from './watchdog.ts';

/** What the watchdogs look at. */
export interface Watched {
  core: Core;
  clock: Clock;
  transport: () => TransportStatus;
  disk: () => DiskSpace;
  deviceClocks: DeviceClocks;
}

/** Every watchdog of a gateway. */
export function createWatchdogs(watched: Watched): Watchdog[] {
  const { core, clock, transport, disk, deviceClocks } = watched;
  const { external, host, port } = core.configuration.machine.transport;
  // an address may hold a password
  const broker = external ? new URL(external.url).host : `${host}:${port}`;
  const campuses = () => core.configuration.campuses;
  return [
    brokerWatchdog(transport, broker),
    owedMessagesWatchdog(core.outbox),
    diskWatchdog(disk),
    deviceClocksWatchdog(deviceClocks),
    clockJumpsWatchdog(clock),
    silentProtocolsWatchdog(
      () => core.catalogue.devices.values(),
      (device) => core.engine.isSilent(device),
      () => transport().connected,
    ),
    new ChannelsWatchdog({
      database: core.database,
      campuses,
      campus: (id) => core.campus(id),
    }),
    rosterGapsWatchdog(campuses),
    calibrationsWatchdog(() => core.configuration),
  ];
}
