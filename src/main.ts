#!/usr/bin/env node
import { pino } from 'pino';
import { alarms } from './cli/alarms.ts';
import { type Arguments, readArguments } from './cli/arguments.ts';
import { adjustments, baseline, bills, importBills } from './cli/bills.ts';
import { audit, trace } from './cli/canteen.ts';
import { epcis, importDeliveryFile, ledger } from './cli/canteen-files.ts';
import { coldChain } from './cli/cold-chain.ts';
import {
  backup,
  check,
  credentials,
  deadLetters,
  importFile,
  replayFile,
  restore,
} from './cli/commands.ts';
import { drill } from './cli/drills.ts';
import { consumption, meters } from './cli/energy.ts';
import { exportHistory } from './cli/export.ts';
import { DEFAULT_CONFIG, HELP } from './cli/help.ts';
import { notify } from './cli/notify.ts';
import { note, noteError, print } from './cli/print.ts';
import { target } from './cli/target.ts';
import { CodedError } from './errors.ts';
import { Gateway, VERSION } from './gateway.ts';

/** Runs a gateway until it is told to stop. */
async function start(args: Arguments): Promise<void> {
  const { config = DEFAULT_CONFIG, data, httpPort, mqttPort } = args;
  const log = pino({ level: process.env.LOG_LEVEL ?? 'info' });
  const gateway = await Gateway.open({ config, data, log, httpPort, mqttPort });
  await gateway.start();
  const { http, mqtt } = gateway.urls;
  log.info({ http, mqtt, devices: gateway.core.configuration.devices.size }, 'running');
  note(`校园网关已启动 Campus Gateway is running: ${http}  ${mqtt}`);
  await stopSignal();
  await gateway.stop();
}

/** Resolves at the first Ctrl-C or SIGTERM; a second one ends the process at once. */
const stopSignal = (): Promise<void> =>
  new Promise((resolve) => {
    let asked = 0;
    const ask = () => {
      asked += 1;
      if (asked > 1) process.exit(130);
      resolve();
    };
    process.on('SIGINT', ask);
    process.on('SIGTERM', ask);
  });

/** The demonstration lies outside the gateway and is loaded only when asked for. */
async function demo(args: Arguments): Promise<void> {
  const { runDemo } = await import('../simulators/demo.ts');
  await runDemo(args, stopSignal());
}

/** What is imported, the second word says. */
function importAny(args: Arguments): Promise<void> {
  const [, what] = args.words;
  if (what === 'bills') return importBills(args);
  return what === 'deliveries' ? importDeliveryFile(args) : importFile(args);
}

const COMMANDS: Record<string, (args: Arguments) => void | Promise<void>> = {
  start,
  demo,
  check,
  replay: replayFile,
  import: importAny,
  export: exportHistory,
  notify,
  consumption,
  meters,
  bills,
  adjustments,
  baseline,
  backup,
  restore,
  credentials,
  'dead-letters': deadLetters,
  alarms,
  drill,
  trace,
  'cold-chain': coldChain,
  ledger,
  epcis,
  target,
  audit,
};

try {
  const args = readArguments(process.argv.slice(2));
  const [command = 'help'] = args.words;
  if (args.version) print(VERSION);
  else if (args.help || command === 'help') print(HELP);
  else {
    const run = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
    if (!run) throw new CodedError('USAGE', { found: command });
    await run(args);
  }
} catch (error) {
  noteError(error);
  process.exitCode = 1;
}
