import type { Device } from '../../src/campus/model.ts';
import type { Metric } from '../../src/campus/profile.ts';
import type { Millis } from '../../src/clock.ts';
import { type Declared, meterOf } from '../../src/energy/meters.ts';
import type { FaultsOf } from '../faults.ts';
import type { Flow } from './consumer.ts';
import { noise } from './noise.ts';
import { EPOCH } from './school-time.ts';

/** What a register showed at one moment. */
export interface Shown {
  at: Millis;
  value: number;
}

/** What is known of a register beside its configuration. */
export interface RegisterPast {
  /** Replacements that campus.yaml does not know of. */
  declared?: readonly Declared[];
  /** What it showed at some moment, instead of a figure it was installed with. */
  shown?: Shown | undefined;
  /** What it showed last: it goes on from there, whatever has been forgotten since. */
  last?: Shown | undefined;
}

export type PastOf = (device: Device, metric: string) => RegisterPast | undefined;

/** From a moment on, or ever since, it showed `value` at `at`. */
interface Anchor extends Shown {
  from: Millis;
}

/**
 * What a register shows, in its own units: its ratio, its digits and its replacements are as the
 * configuration says. It was installed with some figure; a reset starts it at 0, and there is no
 * end to a reset: what was lost does not come back.
 */
export function registerOf(
  device: Device,
  metric: string,
  spec: Metric,
  flow: Flow,
  seed: number,
  faultsOf: FaultsOf,
  past: RegisterPast = {},
): (time: Millis) => number {
  const { epochs } = meterOf(device, metric, spec, past.declared ?? []);
  const modulus = Math.max(...(epochs.at(-1)?.moduli ?? []), 0) || Number.POSITIVE_INFINITY;
  const installed = { at: EPOCH, value: Math.floor(5000 * noise(seed, device.key, 'register')(0)) };
  const ratios = epochs.filter(
    ({ multiplier }, i) => i === 0 || multiplier !== epochs[i - 1]?.multiplier,
  );

  /** Register units since EPOCH. */
  const units = (at: Millis): number => {
    let sum = 0;
    ratios.forEach(({ from, multiplier }, i) => {
      const start = Math.max(EPOCH, from);
      const end = Math.min(at, ratios[i + 1]?.from ?? at);
      const before = start === EPOCH ? 0 : flow.total(start);
      if (end > start) sum += (flow.total(end) - before) / multiplier;
    });
    return sum;
  };
  const lines = anchorsOf(epochs, past, installed).map(({ from, at, value }) => ({
    from,
    start: value - units(at),
  }));

  return (at) => {
    const line = lines.findLast(({ from }) => from <= at);
    const reset = faultsOf(device.key).findLast(
      ({ fault, from }) => fault === 'meter_reset' && from <= at,
    );
    const isReset = reset !== undefined && (line === undefined || line.from <= reset.from);
    const start = isReset ? -units(reset.from) : (line?.start ?? 0);
    const shown = start + units(at);
    return Number.isFinite(modulus) ? shown - modulus * Math.floor(shown / modulus) : shown;
  };
}

/** In order of time; the first holds ever since. */
function anchorsOf(
  epochs: ReturnType<typeof meterOf>['epochs'],
  { shown, last }: RegisterPast,
  installed: Shown,
): Anchor[] {
  const replaced = epochs.flatMap(({ from, replaced: by }) => (by ? [{ from, ...by }] : []));
  const [exchange] = replaced;
  const old = exchange && { at: exchange.from, value: exchange.oldFinal };
  return [
    { ...(shown ?? old ?? installed), from: Number.NEGATIVE_INFINITY },
    // the moment of an exchange is still the old one's
    ...replaced.map(({ from, newInitial }) => ({ from: from + 1, at: from, value: newInitial })),
    ...(last ? [{ ...last, from: last.at }] : []),
  ].sort((a, b) => a.from - b.from);
}
