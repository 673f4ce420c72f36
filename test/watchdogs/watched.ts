import { pino } from 'pino';
import type { Configuration } from '../../src/campus/model.ts';
import type { TransportStatus } from '../../src/transport/transport.ts';
import { createWatchdogs } from '../../src/watchdogs/create.ts';
import { DeviceClocks } from '../../src/watchdogs/device-clocks.ts';
import type { DiskSpace } from '../../src/watchdogs/disk.ts';
import { Supervisor } from '../../src/watchdogs/supervisor.ts';
import type { SchoolYaml } from '../harness/configuration.ts';
import { type School, school } from '../harness/school.ts';

const GIB = 1024 ** 3;

/** What lies outside the gateway, as a test sets it. */
export interface Surroundings {
  transport: TransportStatus;
  disk: DiskSpace;
}

/** A school whose gateway watches over itself. */
export async function watchedSchool(
  yaml: SchoolYaml | Configuration,
  start?: string,
): Promise<{ night: School; around: Surroundings }> {
  const around: Surroundings = {
    transport: { connected: true },
    disk: { free: 50 * GIB, total: 100 * GIB },
  };
  const night = await school(yaml, start, {
    parts: ({ core, clock, listeners }) => {
      const deviceClocks = new DeviceClocks();
      listeners.push((readings) => deviceClocks.take(readings));
      const transport = () => around.transport;
      const disk = () => around.disk;
      const watchdogs = createWatchdogs({ core, clock, transport, disk, deviceClocks });
      const supervisor = new Supervisor({ core, clock, log: pino({ level: 'silent' }), watchdogs });
      return () => supervisor.stop();
    },
  });
  return { night, around };
}
