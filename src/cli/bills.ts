import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { basename } from 'node:path';
import { type Static, type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import { systemClock } from '../clock.ts';
import { billTemplate } from '../energy/bill-template.ts';
import { ConsumptionQueries } from '../energy/consumption.ts';
import { type Baseline, createBaseline } from '../energy/create-baseline.ts';
import {
  AdjustmentShape,
  BaselineShape,
  BillShape,
  ImportShape,
  sayAdjustment,
  sayBill,
} from '../energy/shapes-baseline.ts';
import { UTILITIES, type Utility, utilities } from '../energy/utility.ts';
import { CodedError } from '../errors.ts';
import { readFile } from '../read-file.ts';
import { findRunning } from '../storage/lock.ts';
import type { Arguments } from './arguments.ts';
import { withCore } from './commands.ts';
import { print } from './print.ts';
import { ask } from './remote.ts';

const PATH = '/api/v1/energy';
/** All there can be. */
const EVER = { from: '2000-01-01', to: '2099-12-31' };

const usage = (found: string) => new CodedError('USAGE', { found });
const round = (value: number): number => Math.round(value * 1000) / 1000;

/** Through the gateway that runs on the data folder, else on the folder itself. */
async function done<S extends TSchema>(
  args: Arguments,
  path: string,
  answer: S,
  alone: (baseline: Baseline) => unknown,
  body?: object,
): Promise<Static<S>> {
  const running = findRunning(args.data);
  if (running) return ask(running, `${PATH}/${path}`, answer, body);
  return withCore(args, async (core) => {
    // nobody listens to the devices meanwhile, so their silence means nothing
    core.engine.pause();
    const queries = new ConsumptionQueries(core.database.connection);
    const baseline = createBaseline(core, systemClock, async (query) => queries.answer(query));
    // as it would come from the gateway: what is undefined is absent
    return Value.Parse(answer, JSON.parse(JSON.stringify(await alone(baseline))));
  });
}

function query(values: Record<string, string | number | boolean | undefined>): string {
  const said = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    if (value !== undefined) said.set(key, String(value));
  }
  return said.toString();
}

function utilityOf({ utility, words }: Arguments): Utility {
  const found = UTILITIES.find((one) => one === utility);
  if (found) return found;
  throw usage(`${words.join(' ')} – --utility ${UTILITIES.join('|')}?`);
}

/** Who answers for what is written: as said, else the user of this machine. */
const personOf = ({ person }: Arguments): string => person ?? userInfo().username;

function say<T>(args: Arguments, facts: T, print_: (facts: T) => void): void {
  if (args.json) print(JSON.stringify(facts));
  else print_(facts);
}

/** `import bills FILE`: takes a file of bills, or tells how it is understood. */
export async function importBills(args: Arguments): Promise<void> {
  const [, , path] = args.words;
  const utility = utilityOf(args);
  if (path === undefined) throw usage('import bills – FILE.xlsx | FILE.csv?');
  const content = readFile(path);
  const { campus, sheet, year, preview, replace } = args;
  const request = { campus, utility, file: basename(path), sheet, year, preview, replace };
  const whole = { ...request, person: personOf(args) };
  const found = await done(
    args,
    `bills?${query(whole)}`,
    ImportShape,
    (baseline) => baseline.bills.import({ ...whole, content }),
    content,
  );
  say(args, found, sayImport);
}

const SIGNS = { new: '+', known: '=', conflict: '≠' };

function sayImport(found: Static<typeof ImportShape>): void {
  const { unit, sheets, bills, ignored, mistakes, notes, gaps } = found;
  for (const { name, columns } of sheets) {
    const title = name || found.file;
    if (!columns) print(`${title}  – 没有账单 no bills`);
    else {
      const { period, amount, cost, account } = columns;
      print(
        `${title}  时段 period: ${period.join(', ')}  用量 amount: ${amount.join(', ')}  金额 cost: ${cost.join(', ') || '–'}${account === undefined ? '' : `  户号 account: ${account}`}`,
      );
    }
  }
  for (const { status, place, account, from, to, amount, cost, cells, conflicts } of bills) {
    const money = cost === undefined ? '' : `  ¥${cost}`;
    const against = conflicts.length > 0 ? `  ≠ ${conflicts.join(', ')}` : '';
    print(
      `${SIGNS[status]} ${place}  ${account && `${account}  `}${from} – ${to}  ${round(amount)} ${unit}${money}  (${cells.join(' ')})${against}`,
    );
  }
  for (const { place, text, reason } of ignored) {
    print(`· ${place}  ${reason.zh} ${reason.en}: ${text}`);
  }
  for (const { message } of mistakes) print(`✗ ${message.zh}\n  ${message.en}`);
  for (const { zh, en } of notes) print(`! ${zh}\n  ${en}`);
  for (const { account, from, to } of gaps) {
    print(`! 缺少账单 no bill: ${account && `${account}  `}${from} – ${to}`);
  }
  if (found.preview) print('预览，未写入 a preview: nothing was written');
  else {
    const { imported, known, withdrawn } = found;
    print(`已导入 imported ${imported}，已有 known ${known}，作废 withdrawn ${withdrawn}`);
  }
}

const Bills = Type.Object({ bills: Type.Array(BillShape) });

/** `bills list | withdraw | template`. */
export async function bills(args: Arguments): Promise<void> {
  const [, action, name] = args.words;
  if (action === 'template') return template(args, name);
  if (action === 'withdraw') return withdrawBill(args, name);
  if (action !== 'list') throw usage('bills – list | withdraw ID | template [FILE.xlsx]?');
  const { campus, from = EVER.from, to = EVER.to } = args;
  const all: Static<typeof BillShape>[] = [];
  for (const utility of args.utility === undefined ? UTILITIES : [utilityOf(args)]) {
    const request = { campus, utility, from, to, withdrawn: args.withdrawn };
    const found = await done(args, `bills?${query(request)}`, Bills, (baseline) => ({
      bills: baseline.bills.list(request).map(sayBill),
    }));
    all.push(...found.bills);
  }
  say(args, all, (list) => {
    for (const bill of list) {
      const { id, utility, account, from: first, to: last, amount, cost, source } = bill;
      const gone = bill.withdrawn ? `  作废 withdrawn: ${bill.withdrawn.reason}` : '';
      const money = cost === undefined ? '' : `  ¥${cost}`;
      print(
        `${id}  ${account && `${account}  `}${first} – ${last}  ${round(amount)} ${utilities[utility].unit}${money}  ${source}${gone}`,
      );
    }
  });
}

async function template(args: Arguments, name: string | undefined): Promise<void> {
  const year = args.year ?? new Date(systemClock.now()).getUTCFullYear() - 1;
  const file = name ?? `bills-${year}.xlsx`;
  try {
    writeFileSync(file, await billTemplate(year), { flag: 'wx' });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CodedError('CONFIG_UNREADABLE', { file, reason });
  }
  say(args, { file }, () => print(`已生成模板 written: ${file}`));
}

async function withdrawBill(args: Arguments, id: string | undefined): Promise<void> {
  const { reason } = args;
  if (id === undefined || reason === undefined) {
    throw usage('bills withdraw – ID --reason TEXT [--person NAME]?');
  }
  const why = { reason, person: personOf(args) };
  const found = await done(
    args,
    `bills/${encodeURIComponent(id)}/withdraw`,
    BillShape,
    (baseline) => sayBill(baseline.bills.withdraw(id, why)),
    why,
  );
  say(args, found, () => print(`已作废 withdrawn: ${id}`));
}

const Adjustments = Type.Object({ adjustments: Type.Array(AdjustmentShape) });

/** `adjustments list | add | withdraw`. */
export async function adjustments(args: Arguments): Promise<void> {
  const [, action, id] = args.words;
  if (action === 'add') return addAdjustment(args);
  if (action === 'withdraw') return withdrawAdjustment(args, Number(id));
  if (action !== 'list') throw usage('adjustments – list | add | withdraw ID?');
  const request = { campus: args.campus, utility: utilityOf(args) };
  const found = await done(args, `adjustments?${query(request)}`, Adjustments, (baseline) => ({
    adjustments: baseline.adjustments.list(request).map(sayAdjustment),
  }));
  say(args, found.adjustments, (list) => {
    for (const entry of list) sayEntry(entry);
  });
}

async function addAdjustment(args: Arguments): Promise<void> {
  const { campus, from, to, perDay, reason, approver } = args;
  const utility = utilityOf(args);
  if (
    from === undefined ||
    perDay === undefined ||
    reason === undefined ||
    approver === undefined
  ) {
    throw usage(
      'adjustments add – --utility U --from DAY --per-day N --reason TEXT --approver NAME [--to DAY]?',
    );
  }
  const request = { campus, utility, from, to, perDay, reason, approver };
  const entry = await done(
    args,
    'adjustments',
    AdjustmentShape,
    (baseline) => sayAdjustment(baseline.adjustments.add(request)),
    request,
  );
  say(args, entry, sayEntry);
}

async function withdrawAdjustment(args: Arguments, id: number): Promise<void> {
  const { reason, approver } = args;
  if (!Number.isSafeInteger(id) || reason === undefined || approver === undefined) {
    throw usage('adjustments withdraw – ID --reason TEXT --approver NAME?');
  }
  const why = { reason, approver };
  const entry = await done(
    args,
    `adjustments/${id}/withdraw`,
    AdjustmentShape,
    (baseline) => sayAdjustment(baseline.adjustments.withdraw(id, why)),
    why,
  );
  say(args, entry, sayEntry);
}

function sayEntry(entry: Static<typeof AdjustmentShape>): void {
  const { id, utility, from, to, perDay, reason, approver, counters } = entry;
  const against = counters === undefined ? '' : `  冲销 takes back ${counters}`;
  const sign = perDay > 0 ? '+' : '';
  print(
    `${id}  ${from} – ${to}  ${sign}${perDay} ${utilities[utility].unit}/天 day  ${reason}  批准 approved ${approver}${against}`,
  );
}

/** `baseline`: what was used on each day, and who says so. */
export async function baseline(args: Arguments): Promise<void> {
  const { campus, from, to } = args;
  const utility = utilityOf(args);
  if (from === undefined || to === undefined)
    throw usage('baseline – --utility U --from DAY --to DAY?');
  const request = { campus, utility, from, to };
  const found = await done(args, `baseline?${query(request)}`, BaselineShape, (parts) =>
    parts.figures(request),
  );
  say(args, found, ({ days, missing, comparison, amount, coverage, unit }) => {
    const sources = { bill: '账单 bill', meter: '计量 meter' };
    for (const one of days) {
      const how = `${sources[one.source]}${one.estimated ? ' 均摊 spread' : ''}`;
      print(
        `${one.day}  ${round(one.amount)} ${unit}  ${how}  ${Math.round(one.coverage * 100)} %`,
      );
    }
    for (const gap of missing) print(`! 无数据 nothing known: ${gap.from} – ${gap.to}`);
    for (const { from: first, to: last, billed, metered, difference } of comparison) {
      const share = difference === undefined ? '' : ` (${Math.round(difference * 1000) / 10} %)`;
      print(
        `账单 bill ${first} – ${last}: ${round(billed)} ${unit}，计量 metered ${round(metered)}${share}`,
      );
    }
    print(
      `合计 total: ${round(amount)} ${unit}，覆盖率 coverage ${Math.round(coverage * 1000) / 10} %`,
    );
  });
}
