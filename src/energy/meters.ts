import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Replacement } from '../campus/meter.ts';
import type { Device } from '../campus/model.ts';
import type { Metric } from '../campus/profile.ts';
import type { Epoch, Meter } from './meter.ts';

/** A replacement of one register, wherever it was declared. */
export type Declared = Omit<Replacement, 'metric'>;

/** What a device's configuration and its declared replacements make of one of its metrics. */
export function meterOf(
  { profile, meter }: Device,
  metric: string,
  spec: Metric,
  declared: readonly Declared[],
): Meter {
  const { digits, multipliers, ratedCapacity, resolution } = meter;
  const replacements = meter.replacements.filter((one) => one.metric === metric);
  const epochs: Epoch[] = [
    {
      from: Number.NEGATIVE_INFINITY,
      multiplier: 1,
      moduli: digits === undefined ? (spec.modulus ?? []) : [10 ** digits],
    },
  ];
  const changes = [
    ...multipliers.map(({ from, ratio }) => ({ from, multiplier: ratio })),
    ...[...replacements, ...declared].map(({ at, oldFinal, newInitial, ...rest }) => ({
      from: at,
      multiplier: rest.multiplier,
      digits: rest.digits,
      replaced: { oldFinal, newInitial },
    })),
  ].sort((a, b) => a.from - b.from);
  for (const change of changes) {
    const before = epochs.at(-1);
    if (!before) continue;
    const moduli =
      'digits' in change && change.digits !== undefined ? [10 ** change.digits] : before.moduli;
    epochs.push({
      from: change.from,
      multiplier: change.multiplier ?? before.multiplier,
      moduli,
      replaced: 'replaced' in change ? change.replaced : undefined,
    });
  }
  return {
    kind: spec.interval ? 'interval' : 'register',
    period: profile.interval,
    resolution: resolution ?? spec.resolution ?? 0,
    ratedCapacity: ratedCapacity ?? spec.ratedCapacity ?? Number.POSITIVE_INFINITY,
    epochs,
  };
}

/** The first moment at which two lists of epochs differ; undefined: nowhere. */
export function firstDifference(a: readonly Epoch[], b: readonly Epoch[]): number | undefined {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [one, other] = [a[i], b[i]];
    if (sayEpochs(one ? [one] : []) === sayEpochs(other ? [other] : [])) continue;
    return Math.min(one?.from ?? Number.POSITIVE_INFINITY, other?.from ?? Number.POSITIVE_INFINITY);
  }
  return undefined;
}

/** Epochs as they are stored; the first begins before all time. */
export const sayEpochs = (epochs: readonly Epoch[]): string =>
  JSON.stringify(
    epochs.map(({ from, multiplier, moduli, replaced }) => ({
      from: Number.isFinite(from) ? from : null,
      multiplier,
      moduli,
      replaced,
    })),
  );

const StoredEpochs = Type.Array(
  Type.Object({
    from: Type.Union([Type.Number(), Type.Null()]),
    multiplier: Type.Number(),
    moduli: Type.Array(Type.Number()),
    replaced: Type.Optional(Type.Object({ oldFinal: Type.Number(), newInitial: Type.Number() })),
  }),
);

/** Epochs as `sayEpochs` has said them. */
export const readEpochs = (text: string): Epoch[] =>
  Value.Parse(StoredEpochs, JSON.parse(text)).map(({ from, ...rest }) => ({
    ...rest,
    from: from ?? Number.NEGATIVE_INFINITY,
  }));
