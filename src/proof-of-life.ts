import type { Logger } from 'pino';
import type { Clock } from './clock.ts';
import type { Core } from './core.ts';
import type { HealthPart } from './health.ts';
import { Clerk } from './notify/clerk.ts';
import type { Reading } from './pipeline/stage.ts';
import type { Reader } from './storage/reader.ts';
import type { TransportStatus } from './transport/transport.ts';
import { createWatchdogs } from './watchdogs/create.ts';
import { DeviceClocks } from './watchdogs/device-clocks.ts';
import type { DiskSpace } from './watchdogs/disk.ts';
import { Heartbeats } from './watchdogs/heartbeats.ts';
import { Supervisor } from './watchdogs/supervisor.ts';

export interface ProofOfLifeOptions {
  core: Core;
  clock: Clock;
  log: Logger;
  transport: () => TransportStatus;
  disk: () => DiskSpace;
  reader: Pick<Reader, 'countReadings'>;
  /** Whether readings can be kept and messages go out. */
  isWell: () => boolean;
  /** A notice is owed. */
  onFiled: () => void;
}

/**
 * What shows that the gateway lives, and tells where it does not: watchdogs, heartbeats, the daily
 * report and the hand-over.
 */
export class ProofOfLife {
  readonly #deviceClocks = new DeviceClocks();
  readonly #heartbeats: Heartbeats;
  readonly #supervisor: Supervisor;
  readonly #clerk: Clerk;
  readonly #options: ProofOfLifeOptions;

  constructor(options: ProofOfLifeOptions) {
    const { core, clock, log, transport, disk, reader, isWell, onFiled } = options;
    this.#options = options;
    const campuses = () => core.configuration.campuses.values();
    this.#heartbeats = new Heartbeats({
      clock,
      campuses,
      isWell: () => isWell() && !this.#finds('NOBODY_REACHED'),
    });
    const watched = { core, clock, transport, disk, deviceClocks: this.#deviceClocks };
    const watchdogs = [...createWatchdogs(watched), this.#heartbeats];
    this.#supervisor = new Supervisor({ core, clock, log, watchdogs });
    this.#clerk = new Clerk({
      core,
      clock,
      log,
      countReadings: (campus, from, to) => reader.countReadings(campus, from, to),
      wrongClocks: () => this.#deviceClocks.now(clock.now()).wrong,
      onFiled,
    });
    this.#heartbeats.start();
  }

  /** After COMMIT. In the hot path of ingest. */
  hear(readings: readonly Reading[]): void {
    this.#deviceClocks.take(readings);
  }

  /** What the watchdogs know; only what is critical makes the gateway unwell. */
  health(): HealthPart {
    const open = this.#supervisor.open();
    const said = open.map(({ finding: { code, subject } }) =>
      subject === undefined ? code : `${code} (${subject})`,
    );
    const { count, skew, wrong } = this.#deviceClocks.now(this.#options.clock.now());
    return {
      ok: open.every(({ raised }) => raised !== 'critical'),
      problem: said.length > 0 ? said.join(', ') : undefined,
      figures: {
        findings: open.length,
        deviceClocks: count,
        deviceClocksWrong: wrong,
        clockSkewMs: Math.round(skew),
      },
    };
  }

  async stop(): Promise<void> {
    this.#supervisor.stop();
    this.#clerk.stop();
    await this.#heartbeats.stop();
  }

  #finds(code: string): boolean {
    return this.#supervisor.open().some(({ finding }) => finding.code === code);
  }
}
