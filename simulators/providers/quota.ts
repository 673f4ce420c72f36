/** Exactly so many in any window of time, for each key apart; a vendor's own counting. */
export class SlidingWindow {
  readonly #limit: number;
  readonly #window: number;
  readonly #taken = new Map<string, number[]>();

  constructor(limit: number, window: number) {
    this.#limit = limit;
    this.#window = window;
  }

  /** Whether one more is within the quota; it is not counted yet. */
  hasRoom(key: string, now: number): boolean {
    const recent = (this.#taken.get(key) ?? []).filter((time) => time > now - this.#window);
    this.#taken.set(key, recent);
    return recent.length < this.#limit;
  }

  count(key: string, now: number): void {
    this.#taken.set(key, [...(this.#taken.get(key) ?? []), now]);
  }

  /** Counts one, if there is room. */
  take(key: string, now: number): boolean {
    const hasRoom = this.hasRoom(key, now);
    if (hasRoom) this.count(key, now);
    return hasRoom;
  }
}
