import type { Configuration, Device } from '../campus/model.ts';
import type { ErrorCode, ErrorParams } from '../errors.ts';

/** What one moment of a payload says, still unchecked: admission judges times and values. */
export interface Point {
  /** The device's time as it stood in the payload. */
  time: unknown;
  /** By metric. */
  values: readonly (readonly [metric: string, value: unknown])[];
}

/** Why a payload was not decoded. */
export interface Refusal {
  code: ErrorCode;
  params: ErrorParams;
}

export type Decoded =
  | { kind: 'points'; device: Device; points: readonly Point[] }
  | { kind: 'refused'; refusal: Refusal }
  /** What a bridge, or the broker in its name, says of itself. */
  | { kind: 'bridge'; campus: string; bridge: string; online: boolean }
  /** Understood, and nothing to keep (a bridge's own chatter). */
  | { kind: 'ignored' };

/** Turns the messages of one family of topics into points. Pure. */
export interface Adapter {
  /** Topic filters an external broker must be asked for. */
  filters(configuration: Configuration): string[];
  /** undefined: the topic is another adapter's. */
  decode(topic: string, payload: Buffer): Decoded | undefined;
}

export const refused = (code: ErrorCode, params: ErrorParams = {}): Decoded => ({
  kind: 'refused',
  refusal: { code, params },
});
