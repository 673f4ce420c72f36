import type { OwnPlace } from '../alarms/own.ts';
import { isGraver, type Severity } from '../campus/rule.ts';
import type { Millis } from '../clock.ts';
import type { ErrorCode, ErrorParams } from '../errors.ts';

/** Something that is wrong with the gateway or what it stands on. */
export interface Finding extends OwnPlace {
  code: ErrorCode;
  params: ErrorParams;
  severity: Severity;
}

/** Looks after one thing. */
export interface Watchdog {
  /** The codes of what it can find. */
  readonly codes: readonly ErrorCode[];
  /** How long something must be wrong before anybody is told, and right before it is over. */
  readonly onDelay: Millis;
  readonly offDelay: Millis;
  /**
   * What is wrong now. `isOpen` says whether an alarm is open, by `keyOf`: it takes more to end one
   * than not to raise it. Cheap: asked every few seconds.
   */
  look(now: Millis, isOpen: (key: string) => boolean): Finding[];
}

/** One finding over time. */
export interface Tracked {
  finding: Pick<Finding, 'code' | 'campus' | 'subject'>;
  /** Since when it has been found. */
  since: Millis;
  /** Since when it has not been found any more. */
  goneSince: Millis | undefined;
  /** With which severity its alarm was raised; undefined while nobody was told. */
  raised: Severity | undefined;
}

/** By `keyOf`. */
export type Record = ReadonlyMap<string, Tracked>;

export const keyOf = ({ code, campus = '', subject = '' }: Tracked['finding']): string =>
  `${code} ${campus} ${subject}`;

/** What to raise and what to clear after a look, and what to remember of it. */
export function judge(
  record: Record,
  findings: readonly Finding[],
  { onDelay, offDelay }: Pick<Watchdog, 'onDelay' | 'offDelay'>,
  now: Millis,
): { raise: Finding[]; clear: Tracked['finding'][]; record: Record } {
  const next = new Map<string, Tracked>();
  const raise: Finding[] = [];
  const clear: Tracked['finding'][] = [];
  for (const finding of findings) {
    const key = keyOf(finding);
    const known = record.get(key);
    // the time may have been set back meanwhile
    const since = Math.min(known?.since ?? now, now);
    let raised = known?.raised;
    if (raised === undefined ? now - since >= onDelay : isGraver(finding.severity, raised)) {
      raised = finding.severity;
      raise.push(finding);
    }
    next.set(key, { finding, since, goneSince: undefined, raised });
  }
  for (const [key, known] of record) {
    if (next.has(key) || known.raised === undefined) continue;
    const goneSince = Math.min(known.goneSince ?? now, now);
    if (now - goneSince >= offDelay) clear.push(known.finding);
    else next.set(key, { ...known, goneSince });
  }
  return { raise, clear, record: next };
}
