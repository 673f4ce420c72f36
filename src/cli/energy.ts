import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { replacementKeys } from '../campus/meter.ts';
import { systemClock } from '../clock.ts';
import { ConsumptionQueries } from '../energy/consumption.ts';
import { createEnergy, type Energy } from '../energy/energy.ts';
import { PERIODS } from '../energy/periods.ts';
import { ConsumptionShape, MetersShape } from '../energy/routes.ts';
import { CodedError } from '../errors.ts';
import { findRunning } from '../storage/lock.ts';
import type { Arguments } from './arguments.ts';
import { withCore } from './commands.ts';
import { print } from './print.ts';
import { ask } from './remote.ts';

const round = (value: number): number => Math.round(value * 1000) / 1000;

/** Runs `work` on the data folder itself, where no gateway runs. */
const alone = <T>(args: Arguments, work: (energy: Energy) => T | Promise<T>): Promise<T> =>
  withCore(args, (core) => {
    // nobody listens to the devices meanwhile, so their silence means nothing
    core.engine.pause();
    const queries = new ConsumptionQueries(core.database.connection);
    return work(createEnergy(core, systemClock, async (query) => queries.answer(query)));
  });

/** A query string of what is given. */
export function query(values: Record<string, string | undefined>): string {
  const said = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) if (value !== undefined) said.set(key, value);
  return said.toString();
}

/** What one meter used, by period. */
export async function consumption(args: Arguments): Promise<void> {
  const { device, metric, from, to, by: said = 'day' } = args;
  const by = PERIODS.find((kind) => kind === said);
  if (device === undefined || from === undefined || by === undefined) {
    throw new CodedError('USAGE', {
      found: `consumption – --device D --from 2026-09-01 --by ${PERIODS.join('|')}?`,
    });
  }
  const request = { device, metric, from, to, by };
  const running = findRunning(args.data);
  const found = running
    ? await ask(running, `/api/v1/energy/consumption?${query(request)}`, ConsumptionShape)
    : await alone(args, (energy) => energy.consumption(request));
  if (args.json) {
    print(JSON.stringify(found));
    return;
  }
  for (const { label, amount, coverage, quality } of found.periods) {
    print(
      `${label}  ${round(amount)} ${found.unit}  ${Math.round(coverage * 100)} %  ${quality.join(' ')}`,
    );
  }
  print(`合计 total: ${round(found.amount)} ${found.unit}`);
  for (const { text } of found.quality) print(`· ${text.zh}\n  ${text.en}`);
}

/** The tree of meters, or a declared replacement. */
export async function meters(args: Arguments): Promise<void> {
  const action = args.words[1];
  if (action === 'replace') return replace(args);
  if (action !== 'tree') throw new CodedError('USAGE', { found: `meters ${action ?? ''}` });
  const { to } = args;
  const from = args.from ?? new Date(systemClock.now() - 30 * 86_400_000).toISOString();
  const request = { campus: args.campus, from, to };
  const running = findRunning(args.data);
  const found = running
    ? await ask(running, `/api/v1/energy/meters?${query(request)}`, MetersShape)
    : await alone(args, (energy) => energy.meters(request));
  if (args.json) {
    print(JSON.stringify(found));
    return;
  }
  for (const { depth, name, device, amount, unit, unmetered, share } of found.meters) {
    const rest =
      unmetered === undefined
        ? ''
        : `  未计量 unmetered ${round(unmetered)} ${unit} (${Math.round((share ?? 0) * 100)} %)`;
    print(`${'  '.repeat(depth)}${name} ${device}  ${round(amount)} ${unit}${rest}`);
  }
  for (const { kind, amount, unit } of found.totals) {
    print(`合计 total ${kind}: ${round(amount)} ${unit}`);
  }
}

const Request = Type.Object({
  ...replacementKeys,
  device: Type.String(),
});

async function replace(args: Arguments): Promise<void> {
  const { device, metric, at, oldFinal, newInitial, newSerial, multiplier, digits } = args;
  const said = { device, metric, at, oldFinal, newInitial, newSerial, multiplier, digits };
  const request = Object.fromEntries(
    Object.entries(said).filter(([, value]) => value !== undefined),
  );
  if (!Value.Check(Request, request)) {
    throw new CodedError('USAGE', {
      found:
        'meters replace – --device D --at 2026-11-20T10:30 --old-final N --new-initial N [--new-serial S] [--multiplier N] [--digits N]?',
    });
  }
  const running = findRunning(args.data);
  const done = running
    ? await ask(running, '/api/v1/energy/replacements', Type.Unknown(), request)
    : await alone(args, (energy) => energy.replace(request));
  if (args.json) print(JSON.stringify(done));
  else print(`已登记换表 replaced: ${request.device} ${request.at}`);
}
