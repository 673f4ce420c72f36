/** What one user of the broker may do. Asked for every message, so it should answer fast. */
export interface Grants {
  mayPublish(topic: string): boolean;
  /** Asked with topics as well as filters: a message is delivered only where its topic may be read. */
  maySubscribe(filter: string): boolean;
}

/**
 * Whether every topic that `wanted` matches is matched by `granted` too. Both are MQTT topic
 * filters; a plain topic is the filter that matches only itself.
 */
export function covers(granted: string, wanted: string): boolean {
  if (granted === wanted) return true;
  // MQTT keeps topics that begin with $ out of reach of a leading wildcard.
  if (wanted.startsWith('$') !== granted.startsWith('$')) return false;
  const have = granted.split('/');
  const want = wanted.split('/');
  for (const [i, level] of have.entries()) {
    // `a/#` matches `a` as well: this comes before the question whether `wanted` has ended.
    if (level === '#') return true;
    const asked = want[i];
    if (asked === undefined || asked === '#') return false;
    if (level !== '+' && level !== asked) return false;
  }
  return want.length === have.length;
}

/** There is one for each of ten thousand users: so it holds its filters, and no functions. */
class FilterGrants implements Grants {
  readonly #publish: readonly string[];
  readonly #subscribe: readonly string[];
  /** A device publishes to one topic, over and over. */
  #published: string | undefined;

  constructor(publish: readonly string[], subscribe: readonly string[]) {
    this.#publish = publish;
    this.#subscribe = subscribe;
  }

  mayPublish(topic: string): boolean {
    if (topic === this.#published) return true;
    const may = this.#publish.some((granted) => covers(granted, topic));
    if (may) this.#published = topic;
    return may;
  }

  maySubscribe(filter: string): boolean {
    return this.#subscribe.some((granted) => covers(granted, filter));
  }
}

/** Grants made of topic filters. */
export const createGrants = (publish: readonly string[], subscribe: readonly string[]): Grants =>
  new FilterGrants(publish, subscribe);
