import type { ErrorCode } from '../errors.ts';

/** Whose people are told of an own alarm, and what it is about where there can be several. */
export interface OwnPlace {
  /** A campus's id; else the gateway's as a whole, of which the first campus is told. */
  campus?: string | undefined;
  /** A channel, a bridge: each has an alarm of its own. */
  subject?: string | undefined;
}

/** The rule that an own alarm names: `disk-filling`, or `channel-failing:sms` with a subject. */
export function ownRule(code: ErrorCode, { subject }: OwnPlace): string {
  const rule = code.toLowerCase().replaceAll('_', '-');
  return subject === undefined ? rule : `${rule}:${subject}`;
}
