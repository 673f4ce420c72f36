import type { Zone } from '../../campus/model.ts';
import type { Millis } from '../../clock.ts';

/** A device's sign of fire that nobody has reset yet. */
export interface FireSign {
  device: string;
  zone: Zone;
  /** Event time at which it began. */
  since: Millis;
  /** When it was over; undefined: it lasts. */
  cleared: Millis | undefined;
}

export interface CoincidenceRule {
  within: 'zone' | 'building';
  /** How long a sign that is over still counts (ms). */
  window: Millis;
}

/**
 * Coincidence (GB 50116-2013 4.1.6: two independent triggering devices, joined by "and"): the ids of
 * the zones in which `sign` and another device's make a 火警, and since when. Of two zones of which
 * one lies in the other it is the outer one.
 */
export function coincidences(
  sign: FireSign,
  others: readonly FireSign[],
  { within, window }: CoincidenceRule,
): Map<string, Millis> {
  const zones = new Map<string, Millis>();
  for (const other of others) {
    if (other.device === sign.device || apart(sign, other) > window) continue;
    const zone =
      within === 'building' ? sameBuilding(sign.zone, other.zone) : outer(sign.zone, other.zone);
    if (zone === undefined) continue;
    const since = Math.max(sign.since, other.since);
    zones.set(zone, Math.min(since, zones.get(zone) ?? since));
  }
  return zones;
}

/** For how long neither held between the two; negative where both did at once. */
function apart(a: FireSign, b: FireSign): Millis {
  const [first, second] = a.since <= b.since ? [a, b] : [b, a];
  return second.since - (first.cleared ?? Number.POSITIVE_INFINITY);
}

const sameBuilding = (a: Zone, b: Zone): string | undefined =>
  a.building === b.building ? a.building : undefined;

function outer(a: Zone, b: Zone): string | undefined {
  if (b.lineage.includes(a.id)) return a.id;
  return a.lineage.includes(b.id) ? b.id : undefined;
}
