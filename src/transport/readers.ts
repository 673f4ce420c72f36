import type { Session } from './session.ts';

/** The connections that have subscribed to something, by user. */
export class Readers {
  readonly #byUser = new Map<string, Set<Session>>();

  /** Whether any connection of the user reads. */
  has(username: string): boolean {
    return this.#byUser.has(username);
  }

  add(session: Session): void {
    const { username = '', stream } = session;
    // else it would stay for ever
    if (stream.destroyed) return;
    const sessions = this.#byUser.get(username);
    if (sessions) sessions.add(session);
    else this.#byUser.set(username, new Set([session]));
  }

  remove(session: Session): void {
    const { username = '' } = session;
    const sessions = this.#byUser.get(username);
    sessions?.delete(session);
    if (sessions?.size === 0) this.#byUser.delete(username);
  }
}
