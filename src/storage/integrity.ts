import type { Logger } from 'pino';

export interface IntegrityCheckOptions {
  /** Reads the whole file, beside the writing connection; rejects where it was stopped. */
  check: () => Promise<readonly string[]>;
  log: Logger;
  /** The file is damaged. */
  raise: (reason: string) => void;
  /** It is sound: after a repair or a restore, say. */
  clear: () => void;
}

const MAX_REASON = 500;

/** Looks for damage in the database file, and says when there is some and when there is none any more. */
export class IntegrityCheck {
  readonly #options: IntegrityCheckOptions;
  #damage: string | undefined;

  constructor(options: IntegrityCheckOptions) {
    this.#options = options;
  }

  /** What the latest check has found. */
  get damage(): string | undefined {
    return this.#damage;
  }

  async run(): Promise<void> {
    const { check, log, raise, clear } = this.#options;
    let findings: readonly string[];
    try {
      findings = await check();
    } catch (error) {
      // at a stop in the middle of it
      log.debug({ err: error }, 'the integrity check did not finish');
      return;
    }
    this.#damage = findings.length > 0 ? findings.join('; ').slice(0, MAX_REASON) : undefined;
    if (this.#damage !== undefined) log.error({ reason: this.#damage }, 'the database is damaged');
    try {
      if (this.#damage === undefined) clear();
      else raise(this.#damage);
    } catch (error) {
      log.error({ err: error }, 'the alarm about a damaged database could not be written');
    }
  }
}
