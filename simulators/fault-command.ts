import { parseArgs } from 'node:util';
import { type Static, type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import { CodedError, type Text } from '../src/errors.ts';
import { numberOption, run, UsageError } from './cli.ts';
import { FaultList, FaultShown, Refusal } from './control.ts';
import { findControl } from './control-file.ts';
import { faultInfo } from './faults.ts';

const USAGE = `Causes a fault at the demonstration's school. / 在演示的学校制造故障。

npm run -s fault                             what there is, and what lasts / 全部故障和正在发生的
npm run -s fault -- <fault>                  the devices it can happen to / 可发生该故障的设备
npm run -s fault -- <fault> <device> [--for 3m] [--rate 60]
npm run -s fault -- end <number>             ends one / 结束一个
  --for <duration>    how long it lasts, in real time; else until it is ended / 持续时间，缺省至手动结束
  --rate <number>     how strong it is, where the list says so / 强度，见列表
  --data <folder>     the demonstration's data folder (data) / 演示的数据目录`;

/** Devices named for each fault of the list. */
const FEW = 3;

async function main(): Promise<undefined> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      for: { type: 'string' },
      rate: { type: 'string' },
      data: { type: 'string', default: 'data' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { help, data, for: lasts, rate } = values;
  console.log(help ? USAGE : await answer(new Control(data), data, positionals, { lasts, rate }));
}

interface Strength {
  lasts: string | undefined;
  rate: string | undefined;
}

async function answer(
  control: Control,
  data: string,
  words: readonly string[],
  { lasts, rate }: Strength,
): Promise<string> {
  const [fault, device, ...rest] = words;
  if (rest.length > 0) throw new UsageError(`多余 too many words: ${rest.join(' ')}`);
  if (fault === undefined) return listOf(await control.faults());
  if (fault === 'end' && device === undefined) {
    throw new UsageError('缺少故障编号 the number of the fault is missing: end <number>');
  }
  if (device === undefined) return devicesOf(fault, await control.faults());
  if (fault === 'end') {
    await control.end(device);
    return `已结束 ended: ${device}`;
  }
  const { id, zh, en, devices } = await control.start({
    fault,
    device,
    ...(lasts === undefined ? {} : { for: lasts }),
    ...(rate === undefined ? {} : { rate: numberOption('rate', rate, 0) }),
  });
  return `${devices.join(', ')}: ${zh} ${en}
结束 to end it: npm run -s fault -- end ${id}${data === 'data' ? '' : ` --data ${data}`}`;
}

/** The control interface of the simulator that runs on a data folder. */
class Control {
  readonly #data: string;

  constructor(data: string) {
    this.#data = data;
  }

  faults(): Promise<FaultList> {
    return this.#ask('GET', '/faults', FaultList);
  }

  start(request: object): Promise<FaultShown> {
    return this.#ask('POST', '/faults', FaultShown, request);
  }

  async end(id: string): Promise<void> {
    await this.#ask('DELETE', `/faults/${encodeURIComponent(id)}`, Type.Undefined());
  }

  /** Throws DEMO_NOT_RUNNING; UsageError for what the simulator refuses. */
  async #ask<S extends TSchema>(
    method: string,
    path: string,
    answer: S,
    body?: object,
  ): Promise<Static<S>> {
    const url = findControl(this.#data);
    if (url === undefined) throw new CodedError('DEMO_NOT_RUNNING', { dir: this.#data });
    const json = body && { 'content-type': 'application/json' };
    const response = await fetch(`${url}${path}`, {
      method,
      ...(json ? { headers: json, body: JSON.stringify(body) } : {}),
    }).catch((cause: unknown) => {
      throw new CodedError('DEMO_NOT_RUNNING', { dir: this.#data }, { cause });
    });
    const found: unknown = response.status === 204 ? undefined : await response.json();
    if (response.ok) return Value.Parse(answer, found);
    const { error } = Value.Parse(Refusal, found);
    throw new UsageError(error.map(sayRefusal).join('\n'));
  }
}

function sayRefusal({ path, allowed, message }: Static<typeof Refusal>['error'][number]): string {
  if (typeof message === 'string') return message;
  if (message) return `${message.en} / ${message.zh}`;
  return `${path}: ${allowed?.en} / ${allowed?.zh}`;
}

/** Figures need no translation. */
const both = ({ zh, en }: Text): string => (zh === en ? zh : `${zh} ${en}`);

function listOf({ active, catalogue }: FaultList): string {
  const faults = catalogue
    .filter(({ devices }) => devices.length > 0)
    .map(({ fault, zh, en, devices }) => {
      const { rate } = faultInfo(fault);
      const named = devices.slice(0, FEW).map(({ key }) => key);
      const more = devices.length > FEW ? `, … (${devices.length})` : '';
      const option = rate ? `\n      --rate N   ${both(rate)}` : '';
      return `  ${fault.padEnd(16)} ${both({ zh, en })}${option}\n      ${named.join(', ')}${more}`;
    });
  const lasting = active.map(
    ({ id, fault, devices, ...words }) =>
      `  ${id}  ${fault}  ${devices.join(', ')}   ${both(words)}`,
  );
  return [
    'npm run -s fault -- <fault> <device> [--for 3m]   全部选项 all options: --help',
    ...faults,
    '正在发生，npm run -s fault -- end <编号> 可结束 what lasts, until its number is ended:',
    ...(lasting.length > 0 ? lasting : ['  （无 none）']),
  ].join('\n');
}

function devicesOf(name: string, { catalogue }: FaultList): string {
  const entry = catalogue.find(({ fault }) => fault === name);
  if (!entry) {
    const names = catalogue.map(({ fault }) => fault).join(', ');
    throw new UsageError(`没有故障 there is no fault "${name}"; 可选 one of ${names}`);
  }
  const devices = entry.devices.map(
    (device) => `  ${device.key}   ${device.zone} · ${device.name}`,
  );
  return [`${entry.zh} ${entry.en}`, ...devices].join('\n');
}

await run(USAGE, main);
