import type { Severity } from '../campus/rule.ts';
import type { Millis } from '../clock.ts';
import type { ErrorCode } from '../errors.ts';

/** Whose people are told of an own alarm, and what it is about where there can be several. */
export interface OwnPlace {
  /** A campus's id; else the gateway's as a whole, of which the first campus is told. */
  campus?: string | undefined;
  /** A channel, a bridge: each has an alarm of its own. */
  subject?: string | undefined;
}

/** Of what an own alarm is, as people read it: of the gateway, or of the canteen that it keeps books for. */
export const OWN_NAMES = { gateway: '网关 gateway', canteen: '食堂 canteen' } as const;

/** How an own alarm is raised. */
export interface OwnAlarm extends OwnPlace {
  severity?: Severity | undefined;
  of?: keyof typeof OWN_NAMES | undefined;
  /** When it began, if not now. */
  since?: Millis | undefined;
}

/** The rule that an own alarm names: `disk-filling`, or `channel-failing:sms` with a subject. */
export function ownRule(code: ErrorCode, { subject }: OwnPlace): string {
  const rule = code.toLowerCase().replaceAll('_', '-');
  return subject === undefined ? rule : `${rule}:${subject}`;
}
