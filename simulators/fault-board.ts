import type { Configuration } from '../src/campus/model.ts';
import type { Clock, Millis, Timer } from '../src/clock.ts';
import { parseDuration } from '../src/duration.ts';
import { devicesHit, type Fault, FaultError, type FaultRequest, isActive } from './faults.ts';

/** Ended faults are remembered, since what leaked stays counted; so their number is bounded. */
const MAX_FAULTS = 10_000;

interface Options {
  configuration: Configuration;
  /** Real time, for how long a fault lasts. */
  clock: Clock;
  /** The simulation's time. */
  now: () => Millis;
  /** What began before; ids are 1, 2, 3 … */
  past?: readonly Fault[];
  /** Called with the devices whose faults have just begun or ended. */
  onChange: (deviceKeys: readonly string[]) => void;
}

/** What is wrong, now and before. */
export class FaultBoard {
  readonly #options: Options;
  readonly #faults = new Map<string, Fault>();
  readonly #byDevice = new Map<string, Fault[]>();
  readonly #timers = new Map<string, Timer>();

  constructor(options: Options) {
    this.#options = options;
    for (const fault of options.past ?? []) this.#add({ ...fault });
  }

  /** Throws FaultError when the request can't be carried out. */
  start(request: FaultRequest): Fault {
    const { configuration, clock, now, onChange } = this.#options;
    const devices = devicesHit(configuration, request).map(({ key }) => key);
    if (this.#faults.size >= MAX_FAULTS) {
      const allowed = { zh: '重启模拟器', en: 'restart the simulator' };
      throw new FaultError('fault', `${MAX_FAULTS} faults so far`, allowed);
    }
    const fault: Fault = {
      id: String(this.#faults.size + 1),
      fault: request.fault,
      devices,
      rate: request.rate ?? 1,
      from: now(),
      until: Number.POSITIVE_INFINITY,
    };
    this.#add(fault);
    if (request.for !== undefined) {
      const timer = clock.after(parseDuration(request.for), () => this.end(fault.id));
      this.#timers.set(fault.id, timer);
    }
    onChange(devices);
    return fault;
  }

  /** False if no such fault lasts. */
  end(id: string): boolean {
    const fault = this.#faults.get(id);
    if (!fault || Number.isFinite(fault.until)) return false;
    fault.until = this.#options.now();
    this.#timers.get(id)?.cancel();
    this.#timers.delete(id);
    this.#options.onChange(fault.devices);
    return true;
  }

  of(deviceKey: string): readonly Fault[] {
    return this.#byDevice.get(deviceKey) ?? [];
  }

  active(): Fault[] {
    const now = this.#options.now();
    return [...this.#faults.values()].filter((fault) => isActive(fault, now));
  }

  #add(fault: Fault): void {
    this.#faults.set(fault.id, fault);
    for (const key of fault.devices) {
      const faults = this.#byDevice.get(key);
      if (faults) faults.push(fault);
      else this.#byDevice.set(key, [fault]);
    }
  }

  /** Forgets all pending ends. */
  stop(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }
}
