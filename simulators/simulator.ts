import type { Configuration, Device } from '../src/campus/model.ts';
import { type Clock, type Millis, systemClock, type Timer } from '../src/clock.ts';
import { parseDuration } from '../src/duration.ts';
import { startControl } from './control.ts';
import { encodeState } from './encode.ts';
import { FaultBoard } from './fault-board.ts';
import type { Fault, FaultRequest } from './faults.ts';
import { Link } from './link.ts';
import { campusModel } from './physics/campus-model.ts';
import { noise } from './physics/noise.ts';
import type { PastOf } from './physics/register.ts';
import { DAY, EPOCH } from './physics/school-time.ts';
import { Reporter } from './reporter.ts';
import type { Scenario } from './scenario.ts';

/** Between two first connects, so that a broker is not overrun by a whole school at once. */
const STAGGER = 4;

export interface SimulatorOptions {
  configuration: Configuration;
  /** `mqtt://host:port` */
  mqttUrl: string;
  /** The password of `<campus>/<device>` or `<campus>/<bridge>`. */
  password(username: string): string;
  /** The same seed gives the same campus. */
  seed?: number;
  /** 60: the physics runs an hour a minute. Stamps and intervals stay real. */
  timeFactor?: number;
  /** The simulation's time at the start; now if absent. Not before 2025-01-02. */
  start?: Millis;
  /** Multiplies every interval: 0.1 reports ten times as often. */
  intervalScale?: number;
  /** Of the control interface, on loopback; 0 picks a free one. */
  controlPort?: number;
  scenario?: Scenario;
  /** What went wrong before the start, and what is known of registers. */
  pastFaults?: readonly Fault[];
  pastOf?: PastOf;
  clock?: Clock;
}

export interface SimulatorStatus {
  devices: number;
  /** Connections: one for each device of our own format and one for each bridge. */
  links: number;
  connected: number;
  /** Messages the broker has acknowledged, and those dropped while it did not. */
  acknowledged: number;
  dropped: number;
  /** Why a connection is down, if one is. */
  problem: string | undefined;
}

export interface CampusSimulator {
  /** Takes `POST /faults` and so on; see control.ts. */
  controlUrl: string;
  startFault(request: FaultRequest): Fault;
  endFault(id: string): boolean;
  activeFaults(): Fault[];
  status(): SimulatorStatus;
  /** Ends the pending messages, closes every connection and the control interface. */
  stop(): Promise<void>;
}

/**
 * Simulates every device of a configuration over real MQTT connections. Resolves as soon as faults
 * can be asked for; the devices connect in the background and keep trying.
 */
export async function startCampusSimulator(options: SimulatorOptions): Promise<CampusSimulator> {
  const { configuration, mqttUrl, password, seed = 1, timeFactor = 1, intervalScale = 1 } = options;
  const clock = options.clock ?? systemClock;
  const startedAt = clock.now();
  const start = options.start ?? startedAt;
  if (start < EPOCH + DAY) throw new RangeError('the simulation starts after 2025-01-01');
  const now = () => start + (clock.now() - startedAt) * timeFactor;

  const links = new Map<Device, Link>();
  /** Those that have connected once; what they report while the broker is away waits for it. */
  const reporting = new Set<Device>();
  const timers = new Map<string, Timer>();
  const board = new FaultBoard({
    configuration,
    clock,
    now,
    past: options.pastFaults ?? [],
    // what begins or ends is told at once: a smoke detector doesn't wait for its daily heartbeat
    onChange(deviceKeys) {
      for (const key of deviceKeys) {
        const device = configuration.devices.get(key);
        if (device && reporting.has(device)) report(device);
      }
    },
  });
  const faultsOf = (key: string) => board.of(key);
  const model = campusModel(configuration, seed, faultsOf, options.pastOf);
  const reporter = new Reporter({ model, faultsOf, now, stamp: () => clock.now() });

  function report(device: Device): void {
    for (const message of reporter.report(device)) links.get(device)?.publish(message);
  }

  /** Reports are spread over the interval: daily heartbeats over the day. */
  function reportEvery(device: Device): void {
    const interval = Math.max(1, device.profile.interval * intervalScale);
    const phase = interval * noise(seed, device.key, 'phase')(0);
    const wait = interval - ((clock.now() - phase) % interval);
    const again = () => {
      report(device);
      reportEvery(device);
    };
    // it has just reported; a timer that fires a moment early is not a second report
    timers.set(device.key, clock.after(wait < interval / 10 ? wait + interval : wait, again));
  }

  const connections = connectionsOf(configuration);
  const opened = new Set<Link>();
  const controls = {
    startFault: (request: FaultRequest) => board.start(request),
    endFault: (id: string) => board.end(id),
    activeFaults: () => board.active(),
    status(): SimulatorStatus {
      const all = [...opened];
      return {
        devices: configuration.devices.size,
        links: connections.length,
        connected: all.filter((link) => link.connected).length,
        acknowledged: all.reduce((sum, link) => sum + link.acknowledged, 0),
        dropped: all.reduce((sum, link) => sum + link.dropped, 0),
        problem: all.find(({ problem }) => problem !== undefined)?.problem,
      };
    },
  };
  const control = await startControl(options.controlPort ?? 0, configuration, controls);

  connections.forEach(({ username, devices, base }, i) => {
    const open = () => {
      timers.delete(username);
      const link = new Link({
        url: mqttUrl,
        username,
        password: password(username),
        reconnectPeriod: 1000 + 2000 * noise(seed, username, 'reconnect')(0),
        ...(base === undefined ? {} : { will: encodeState(`${base}/bridge/state`, 'offline') }),
        onConnect(isAgain) {
          if (base !== undefined) {
            link.publish(encodeState(`${base}/bridge/state`, 'online'));
            for (const { address } of devices) {
              link.publish(encodeState(`${base}/${address}/availability`, 'online'));
            }
          }
          if (isAgain) return;
          for (const device of devices) {
            reporting.add(device);
            report(device);
            reportEvery(device);
          }
        },
      });
      opened.add(link);
      for (const device of devices) links.set(device, link);
    };
    timers.set(username, clock.after(i * STAGGER, open));
  });

  (options.scenario ?? []).forEach(({ at, ...request }, i) => {
    const begin = () => board.start(request);
    timers.set(`scenario ${i}`, clock.after(parseDuration(at), begin));
  });

  return {
    ...controls,
    controlUrl: control.url,
    async stop() {
      for (const timer of timers.values()) timer.cancel();
      board.stop();
      await Promise.all([control.stop(), ...[...opened].map((link) => link.close())]);
    },
  };
}

interface Connection {
  username: string;
  devices: readonly Device[];
  /** The base topic of a bridge. */
  base?: string;
}

/** One connection a device of our own format, one a bridge. */
function connectionsOf({ campuses, devices }: Configuration): Connection[] {
  const all = [...devices.values()];
  const own = all
    .filter(({ profile }) => profile.format.kind === 'json')
    .map((device) => ({ username: device.key, devices: [device] }));
  const bridges = [...campuses.values()].flatMap((campus) =>
    campus.bridges.map(({ id, topic }) => ({
      username: `${campus.id}/${id}`,
      base: topic,
      devices: all.filter(
        ({ campus: theirs, bridge, profile }) =>
          theirs.id === campus.id && bridge === id && profile.format.kind === 'zigbee2mqtt',
      ),
    })),
  );
  return [...own, ...bridges];
}
