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

/** `covers` for one granted filter. Asked for every message: whole branches need no splitting. */
function reach(granted: string): (wanted: string) => boolean {
  const branch = granted.slice(0, -1);
  if (!granted.endsWith('/#') || branch.includes('+')) return (wanted) => covers(granted, wanted);
  return (wanted) => wanted.startsWith(branch) || covers(granted, wanted);
}

/** Grants made of topic filters. */
export function createGrants(publish: readonly string[], subscribe: readonly string[]): Grants {
  const publishable = publish.map(reach);
  const readable = subscribe.map(reach);
  return {
    mayPublish: (topic) => publishable.some((reaches) => reaches(topic)),
    maySubscribe: (filter) => readable.some((reaches) => reaches(filter)),
  };
}
