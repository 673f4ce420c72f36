import type { Recipient } from '../channel.ts';

/** A person's own key or topic, else the one that all share. */
export function forPerson(
  byPerson: Readonly<Record<string, string>>,
  { id }: Recipient,
  shared: string | undefined,
): string | undefined {
  return id !== undefined && Object.hasOwn(byPerson, id) ? byPerson[id] : shared;
}
