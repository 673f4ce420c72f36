import { ALARMS } from './errors/alarms.ts';
import { BROKERS } from './errors/brokers.ts';
import { CANTEEN } from './errors/canteen.ts';
import { ENERGY } from './errors/energy.ts';
import type { Entry, Text } from './errors/entry.ts';
import { HTTP } from './errors/http.ts';
import { INFLUX } from './errors/influx.ts';
import { NOTIFY } from './errors/notify.ts';
import { READINGS } from './errors/readings.ts';
import { START_UP } from './errors/start-up.ts';
import { WATCHDOGS } from './errors/watchdogs.ts';

export type { Text } from './errors/entry.ts';

/** A text as the database keeps it, in JSON. Throws where it is none. */
export function parseText(json: unknown): Text {
  const parsed: unknown = JSON.parse(String(json));
  if (typeof parsed === 'object' && parsed !== null && 'zh' in parsed && 'en' in parsed) {
    return { zh: String(parsed.zh), en: String(parsed.en) };
  }
  throw new Error('not a text of two languages');
}

/**
 * Every error a person can meet. Codes are stable: logs, API answers, docs and tests cite them.
 * Sorted by the part that raises them, each in a file of its own.
 */
export const catalogue = {
  ...START_UP,
  ...BROKERS,
  ...INFLUX,
  ...READINGS,
  ...ENERGY,
  ...ALARMS,
  ...NOTIFY,
  ...CANTEEN,
  ...HTTP,
  ...WATCHDOGS,
} satisfies Record<string, Entry>;

export type ErrorCode = keyof typeof catalogue;
export type ErrorParams = Record<string, string | number>;

const fill = (template: string, params: ErrorParams): string =>
  template.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));

/** The catalogue's message and remedy for a code, with its parameters filled in. */
export function describe(
  code: ErrorCode,
  params: ErrorParams = {},
): { message: Text; remedy: Text } {
  const { message, remedy } = catalogue[code];
  return {
    message: { zh: fill(message.zh, params), en: fill(message.en, params) },
    remedy: { zh: fill(remedy.zh, params), en: fill(remedy.en, params) },
  };
}

/** An error from the catalogue. `message` is English, for logs; people are shown `describe()`. */
export class CodedError extends Error {
  readonly code: ErrorCode;
  readonly params: ErrorParams;

  constructor(code: ErrorCode, params: ErrorParams = {}, options?: ErrorOptions) {
    super(describe(code, params).message.en, options);
    this.name = 'CodedError';
    this.code = code;
    this.params = params;
  }

  get status(): number {
    return catalogue[this.code].status;
  }
}
