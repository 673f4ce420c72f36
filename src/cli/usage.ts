import { CodedError } from '../errors.ts';
import type { Arguments, Option } from './arguments.ts';

/** What a command takes. */
interface Usage {
  /** How many words may follow it. */
  words: number;
  /** Beside --config and --data, which all take. */
  options: readonly Option[];
  /** It is about what is kept already: a data folder without a database is a mistake. */
  needsData: boolean;
}

const takes = (words: number, ...options: Option[]): Usage => {
  return { words, options, needsData: false };
};
const asks = (words: number, ...options: Option[]): Usage => {
  return { words, options: ['json', ...options], needsData: true };
};

const ANY = Number.POSITIVE_INFINITY;
const TABLE: readonly Option[] = ['sheet', 'year', 'campus'];
const METERS: readonly Option[] = [
  'old-final',
  'new-initial',
  'new-serial',
  'multiplier',
  'digits',
];
const WHY: readonly Option[] = ['reason', 'approver'];

/** Under the first two words of the command line, or the first alone. */
const USAGES: ReadonlyMap<string, Usage> = new Map(
  Object.entries({
    start: takes(0, 'http-port', 'mqtt-port'),
    demo: takes(0, 'http-port', 'mqtt-port', 'phone-port', 'providers', 'speed'),
    check: takes(0, 'json'),
    replay: takes(1, 'json'),
    'import readings': takes(1, 'json'),
    'import bills': takes(1, 'json', 'utility', 'preview', 'replace', 'person', ...TABLE),
    'import deliveries': takes(1, 'json', 'person', 'campus'),
    export: asks(0, 'to', 'from', 'until'),
    consumption: asks(0, 'device', 'metric', 'from', 'to', 'by'),
    'meters tree': asks(0, 'campus', 'from', 'to'),
    'meters replace': asks(0, 'device', 'metric', 'at', ...METERS),
    'bills list': asks(0, 'utility', 'withdrawn', 'from', 'to', 'campus'),
    'bills withdraw': asks(1, 'reason', 'person'),
    'bills template': takes(1, 'json', 'year'),
    baseline: asks(0, 'utility', 'from', 'to', 'campus'),
    'adjustments list': asks(0, 'utility', 'campus'),
    'adjustments add': asks(0, 'utility', 'from', 'to', 'per-day', 'campus', ...WHY),
    'adjustments withdraw': asks(1, ...WHY),
    'dead-letters list': asks(0, 'reason', 'limit'),
    'dead-letters replay': asks(ANY, 'reason'),
    // these ask the gateway that runs, and say so where none does
    'alarms list': takes(0, 'json', 'limit'),
    'alarms show': takes(1, 'json'),
    'drill start': takes(1, 'json', 'person', 'for', 'kind', 'campus'),
    'drill end': takes(1, 'json', 'person'),
    'drill list': takes(0, 'json'),
    'notify test': takes(1, 'json', 'channel'),
    'credentials list': asks(0),
    'credentials set': takes(1, 'json', 'password-stdin'),
    'trace meal': asks(2, 'campus'),
    'trace batch': asks(1, 'campus'),
    'trace supplier': asks(1, 'campus'),
    'cold-chain units': asks(0, 'device', 'day', 'campus'),
    'cold-chain record': asks(0, 'device', 'day', 'campus'),
    ledger: asks(2, 'from', 'to', 'campus'),
    epcis: asks(1, 'from', 'to', 'campus'),
    'target electricity': asks(0, 'from', 'to', 'campus'),
    'target water': asks(0, 'from', 'to', 'campus'),
    'target traceability': asks(0, 'from', 'to', 'by', 'campus'),
    'audit verify': asks(0),
    'audit rebuild': asks(0),
    backup: asks(1),
    restore: takes(1, 'json'),
  }),
);

/** Throws USAGE for words and options that the command does not take: else they would be ignored. */
export function checkUsage({ words, options }: Pick<Arguments, 'words' | 'options'>): Usage {
  const [command = '', action = ''] = words;
  const name = USAGES.has(`${command} ${action}`) ? `${command} ${action}` : command;
  const usage = USAGES.get(name);
  if (!usage) {
    const actions = [...USAGES.keys()].filter((one) => one.startsWith(`${command} `));
    const hint = actions.length > 0 ? ` – ${actions.join(' | ')}?` : '';
    throw new CodedError('USAGE', { found: `${words.join(' ')}${hint}` });
  }
  const taken: readonly Option[] = ['config', 'data', ...usage.options];
  const strange = [
    ...words.slice(name.split(' ').length + usage.words),
    ...options.filter((option) => !taken.includes(option)).map((option) => `--${option}`),
  ];
  if (strange.length > 0) {
    throw new CodedError('USAGE', { found: `${strange.join(' ')} (not taken by: ${name})` });
  }
  return usage;
}
