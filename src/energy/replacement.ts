import type { Millis } from '../clock.ts';
import { CodedError } from '../errors.ts';
import { Fold } from './fold.ts';
import { isPossible, type Meter } from './meter.ts';
import type { Declared } from './meters.ts';
import type { ConsumptionStore } from './store.ts';
import { cheapestEnd, pointAt } from './way.ts';

/** One bad sample after a replacement must not speak against it. */
const WITNESSES = 3;

/**
 * Checks what a person declares against what the meter has said. Throws REPLACEMENT_FUTURE,
 * REPLACEMENT_ORDER, REPLACEMENT_FINAL or REPLACEMENT_BEFORE_READING.
 */
export function checkReplacement(
  store: ConsumptionStore,
  series: number,
  meter: Meter,
  declared: Declared,
  now: Millis,
): void {
  const { at, oldFinal, newInitial } = declared;
  const iso = (time: Millis) => new Date(time).toISOString();
  if (at > now) throw new CodedError('REPLACEMENT_FUTURE', { at: iso(at) });
  const latest = meter.epochs.findLast(({ replaced }) => replaced)?.from;
  if (latest !== undefined && at <= latest) {
    throw new CodedError('REPLACEMENT_ORDER', { at: iso(at), known: iso(latest) });
  }
  const mark = store.markBefore(series, at);
  const fold = new Fold(meter, mark);
  const after: [Millis, number][] = [];
  for (const [time, value] of store.readings(series, mark?.time ?? Number.NEGATIVE_INFINITY)) {
    if (time > at) after.push([time, value]);
    else fold.take(time, value);
    if (after.length === WITNESSES) break;
  }
  const last = pointAt(fold.state, cheapestEnd(fold.state, fold.state.runs.length));
  if (last && oldFinal < last.level - 2.5 * meter.resolution) {
    throw new CodedError('REPLACEMENT_FINAL', {
      found: oldFinal,
      last: last.level,
      time: iso(last.until),
    });
  }
  // a register beyond where the old one stood goes on from there, unless the new one began higher
  const isOld = ([, value]: [Millis, number]) =>
    last !== undefined && value >= last.level && newInitial <= last.level;
  const isNew = ([time, value]: [Millis, number]) =>
    value >= newInitial && isPossible(meter, at, time, value - newInitial);
  const [witness] = after;
  const judge = after.find((one) => isOld(one) || isNew(one));
  if (witness && (!judge || isOld(judge))) {
    throw new CodedError('REPLACEMENT_BEFORE_READING', {
      at: iso(at),
      time: iso(witness[0]),
      found: witness[1],
    });
  }
}
