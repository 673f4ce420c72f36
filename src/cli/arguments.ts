import { parseArgs } from 'node:util';
import { CodedError } from '../errors.ts';

const options = {
  config: { type: 'string' },
  data: { type: 'string', default: 'data' },
  'http-port': { type: 'string' },
  'mqtt-port': { type: 'string' },
  'phone-port': { type: 'string' },
  reason: { type: 'string' },
  channel: { type: 'string' },
  limit: { type: 'string' },
  speed: { type: 'string' },
  to: { type: 'string' },
  from: { type: 'string' },
  until: { type: 'string' },
  for: { type: 'string' },
  kind: { type: 'string' },
  person: { type: 'string' },
  providers: { type: 'boolean', default: false },
  campus: { type: 'string' },
  device: { type: 'string' },
  day: { type: 'string' },
  metric: { type: 'string' },
  by: { type: 'string' },
  at: { type: 'string' },
  'old-final': { type: 'string' },
  'new-initial': { type: 'string' },
  'new-serial': { type: 'string' },
  multiplier: { type: 'string' },
  digits: { type: 'string' },
  utility: { type: 'string' },
  sheet: { type: 'string' },
  year: { type: 'string' },
  preview: { type: 'boolean', default: false },
  replace: { type: 'boolean', default: false },
  withdrawn: { type: 'boolean', default: false },
  'per-day': { type: 'string' },
  approver: { type: 'string' },
  'password-stdin': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', short: 'v', default: false },
} as const;

/** The name of an option. */
export type Option = keyof typeof options;

/** The command line, read. */
export interface Arguments {
  /** The command and what follows it. */
  words: readonly string[];
  /** Which options were given. */
  options: readonly Option[];
  /** campus.yaml, or a folder; undefined: not given. */
  config: string | undefined;
  data: string;
  httpPort: number | undefined;
  mqttPort: number | undefined;
  phonePort: number | undefined;
  reason: string | undefined;
  channel: string | undefined;
  limit: number | undefined;
  /** Simulated seconds a second. */
  speed: number | undefined;
  /** Where an export goes, or the last day of a target; the first day; the last day of an export. */
  to: string | undefined;
  from: string | undefined;
  until: string | undefined;
  /** Of a drill: how long, what is practised, who holds or ends it. */
  length: string | undefined;
  kind: string | undefined;
  person: string | undefined;
  /** The demonstration sends by every channel, to simulated providers. */
  providers: boolean;
  /** Which campus (needed where there are several), device and register; by hour, day, week, month. */
  campus: string | undefined;
  device: string | undefined;
  /** Of a temperature record. */
  day: string | undefined;
  metric: string | undefined;
  by: string | undefined;
  /** A declared replacement of a meter. */
  at: string | undefined;
  oldFinal: number | undefined;
  newInitial: number | undefined;
  newSerial: string | undefined;
  multiplier: number | undefined;
  digits: number | undefined;
  /** Bills: of what, the sheet of a workbook, the year of bare months; only look; take the new ones. */
  utility: string | undefined;
  sheet: string | undefined;
  year: number | undefined;
  preview: boolean;
  replace: boolean;
  /** Withdrawn bills, too. */
  withdrawn: boolean;
  /** An adjustment of the baseline, and who approved it. */
  perDay: number | undefined;
  approver: string | undefined;
  passwordStdin: boolean;
  json: boolean;
  help: boolean;
  version: boolean;
}

/** Throws USAGE for what is not understood. */
export function readArguments(argv: readonly string[]): Arguments {
  const { values, positionals, tokens } = parse(argv);
  const given = tokens.filter((token) => token.kind === 'option');
  for (const { rawName, value } of given) {
    // as of a variable of the shell that is not set
    if (value === '') throw new CodedError('USAGE', { found: `${rawName} '' (nothing)` });
  }
  return {
    words: positionals,
    options: given.map(({ name }) => name),
    config: values.config,
    data: values.data,
    httpPort: wholeNumber('--http-port', values['http-port'], 65_535),
    mqttPort: wholeNumber('--mqtt-port', values['mqtt-port'], 65_535),
    phonePort: wholeNumber('--phone-port', values['phone-port'], 65_535),
    reason: values.reason,
    channel: values.channel,
    limit: wholeNumber('--limit', values.limit, 1_000_000, 1),
    speed: wholeNumber('--speed', values.speed, 3_600, 1),
    to: values.to,
    from: values.from,
    until: values.until,
    length: values.for,
    kind: values.kind,
    person: values.person,
    providers: values.providers,
    campus: values.campus,
    device: values.device,
    day: values.day,
    metric: values.metric,
    by: values.by,
    at: values.at,
    oldFinal: figure('--old-final', values['old-final']),
    newInitial: figure('--new-initial', values['new-initial']),
    newSerial: values['new-serial'],
    multiplier: figure('--multiplier', values.multiplier),
    digits: wholeNumber('--digits', values.digits, 12),
    utility: values.utility,
    sheet: values.sheet,
    year: wholeNumber('--year', values.year, 2100),
    preview: values.preview,
    replace: values.replace,
    withdrawn: values.withdrawn,
    perDay: signedFigure('--per-day', values['per-day']),
    approver: values.approver,
    passwordStdin: values['password-stdin'],
    json: values.json,
    help: values.help,
    version: values.version,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, tokens: true });
  } catch (error) {
    throw new CodedError('USAGE', {
      found: error instanceof Error ? error.message : String(error),
    });
  }
}

function wholeNumber(
  name: string,
  text: string | undefined,
  max: number,
  min = 0,
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new CodedError('USAGE', {
    found: `${name} ${text} (a whole number from ${min} to ${max} is needed)`,
  });
}

function figure(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,12}(\.\d{1,6})?$/.test(text)) return Number(text);
  throw new CodedError('USAGE', { found: `${name} ${text} (a number is needed)` });
}

/** One below 0 is written --name=-5. */
function signedFigure(name: string, text: string | undefined): number | undefined {
  const value = figure(name, text?.replace(/^-/, ''));
  return value !== undefined && text?.startsWith('-') ? -value : value;
}
