import type { StatementSync } from 'node:sqlite';
import { type Configuration, type Device, GATEWAY, NO_CAMPUS } from '../../campus/model.ts';
import type { Millis } from '../../clock.ts';
import type { Database } from '../../storage/database.ts';
import type { Alarm } from '../alarm.ts';
import { ownRule } from '../own.ts';

/** The rule of the alarm about a bridge that has gone offline. */
export const BRIDGE_OFFLINE = 'bridge-offline';

/**
 * Silence with a known cause: the broker, the device's bridge, or what feeds it has failed, and that
 * is an alarm already. Nothing else is ever suppressed: neither fire nor a value that was measured.
 *
 * A silent main meter is no cause for the silence of its sub-meters (`parent`): they report by
 * themselves, and what they don't share with it is not known. A shared supply is declared:
 * `poweredBy`.
 */
export class Suppression {
  readonly #active: StatementSync;
  readonly #ofSource: StatementSync;
  readonly #releaseAt: StatementSync;
  readonly #by: StatementSync;
  readonly #due: StatementSync;
  readonly #nextDue: StatementSync;

  constructor(database: Database) {
    this.#active = database.prepare(
      `SELECT id FROM alarm WHERE campus = ? AND device = ? AND rule = ?
         AND closed IS NULL AND cleared IS NULL`,
    );
    this.#ofSource = database.prepare(
      `SELECT id, rule, value, alarm_limit FROM alarm
       WHERE campus = ? AND device = ? AND closed IS NULL AND cleared IS NULL ORDER BY id`,
    );
    this.#releaseAt = database.prepare('UPDATE alarm SET release_at = ? WHERE id = ?');
    this.#by = database.prepare(
      `SELECT id, campus, device, rule FROM alarm
       WHERE suppressed_by = ? AND closed IS NULL AND cleared IS NULL`,
    );
    this.#due = database.prepare(
      `SELECT id, campus, device, rule FROM alarm
       WHERE release_at <= ? AND suppressed_by IS NOT NULL AND closed IS NULL AND cleared IS NULL ORDER BY id LIMIT ?`,
    );
    this.#nextDue = database.prepare(
      `SELECT min(release_at) AS at FROM alarm
       WHERE release_at IS NOT NULL AND suppressed_by IS NOT NULL AND closed IS NULL AND cleared IS NULL`,
    );
  }

  /** The alarm that explains why a device is silent, if there is one. */
  causeOf(device: Device, { devices }: Configuration): number | undefined {
    const { campus, bridge, poweredBy } = device;
    const found =
      this.#active.get(NO_CAMPUS, GATEWAY, ownRule('BROKER_DOWN', {})) ??
      (bridge === undefined ? undefined : this.#active.get(campus.id, bridge, BRIDGE_OFFLINE));
    if (found) return Number(found.id);
    const source = poweredBy === undefined ? undefined : devices.get(`${campus.id}/${poweredBy}`);
    return source && this.#powerLoss(source);
  }

  /** Nothing is waited for any more: it has a cause that holds, or people are told of it. */
  endWait(alarm: number): void {
    this.#releaseAt.run(null, alarm);
  }

  /**
   * The cause is over: each device has its own limit again to be heard of. Answers whether there was
   * any.
   */
  causeEnded(cause: number, now: Millis, { devices }: Configuration): boolean {
    const suppressed = this.#by.all(cause);
    for (const { id, campus, device, rule } of suppressed) {
      const found = devices.get(`${campus}/${device}`)?.rules.find((one) => one.id === rule);
      const wait = found?.kind === 'silence' ? found.after : 0;
      this.#releaseAt.run(now + wait, Number(id));
    }
    return suppressed.length > 0;
  }

  /** The cause has come back before its devices did. */
  causeReturned(cause: number): void {
    for (const { id } of this.#by.all(cause)) this.#releaseAt.run(null, Number(id));
  }

  /** Whose time to be heard of has run out. */
  due(now: Millis, limit: number): { id: number; device: string }[] {
    return this.#due
      .all(now, limit)
      .map(({ id, campus, device }) => ({ id: Number(id), device: `${campus}/${device}` }));
  }

  nextDue(): Millis | undefined {
    const at = this.#nextDue.get()?.at;
    return at === null || at === undefined ? undefined : Number(at);
  }

  /** What feeds a device is silent itself, or says that its voltage is gone. */
  #powerLoss(source: Device): number | undefined {
    const found = this.#ofSource.all(source.campus.id, source.id).find((row) => {
      const rule = source.rules.find(({ id }) => id === row.rule);
      return rule !== undefined && isPowerLoss(rule, row.value, row.alarm_limit);
    });
    return found && Number(found.id);
  }
}

const isPowerLoss = (rule: Device['rules'][number], value: unknown, limit: unknown): boolean =>
  rule.kind === 'silence' ||
  (rule.kind === 'threshold' &&
    rule.metric === 'voltage' &&
    value !== null &&
    limit !== null &&
    Number(value) < Number(limit));

/** Whether an alarm is of the kind that a known cause may explain. */
export const isSilence = ({ rule, severity, latched }: Alarm, device: Device): boolean =>
  !latched &&
  severity !== 'critical' &&
  device.rules.some(({ id, kind }) => id === rule && kind === 'silence');
