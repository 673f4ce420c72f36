/** What a reading says about itself: bits, so that several can hold. */
export const QUALITY = {
  /** The device sent no time: the receive time stands in. */
  noTime: 1,
  /** The device's time could not be read or had no zone: the receive time stands in. */
  badTime: 2,
  /** The device's time lay more than five minutes ahead, or before there were gateways. */
  insaneTime: 4,
  /** Older than a reading already kept, or long under way. */
  late: 8,
  /** Replayed by a broker from its retained messages. */
  replayed: 16,
  /** Brought in as history. */
  imported: 32,
} as const;

/** Readings without a device time of their own. */
export const SUBSTITUTED = QUALITY.noTime | QUALITY.badTime | QUALITY.insaneTime;

/** The names of the set bits; none means a plain good reading. */
export function qualityWords(quality: number): string[] {
  return Object.entries(QUALITY)
    .filter(([, bit]) => (quality & bit) !== 0)
    .map(([name]) => name);
}
