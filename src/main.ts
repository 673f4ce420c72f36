#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { type Arguments, readArguments } from './cli/arguments.ts';
import { DEFAULT_CONFIG, HELP } from './cli/help.ts';
import { note, noteError, print } from './cli/print.ts';
import { checkUsage } from './cli/usage.ts';
import { CodedError } from './errors.ts';
import { Gateway, VERSION } from './gateway.ts';
import { linksStayHere } from './http/public-url.ts';
import { DATABASE_FILE } from './storage/backup.ts';
import { refuseDemoData } from './storage/demonstration.ts';

/** Runs a gateway until it is told to stop. */
async function start(args: Arguments): Promise<void> {
  const { config = DEFAULT_CONFIG, data, httpPort, mqttPort } = args;
  // from now on: a signal in the middle of the start stops it cleanly, too
  const stopped = stopSignal();
  refuseDemoData(data);
  const log = pino({ level: process.env.LOG_LEVEL ?? 'info' });
  const gateway = await Gateway.open({ config, data, log, httpPort, mqttPort });
  await gateway.start();
  const { http, mqtt } = gateway.urls;
  const warning = linksStayHere(gateway.core.configuration);
  if (warning) noteError(warning);
  log.info({ http, mqtt, devices: gateway.core.configuration.devices.size }, 'running');
  note(`校园网关已启动 Campus Gateway is running: ${http}  ${mqtt}`);
  // starting leaves as much behind as it keeps, and that would lie there for hours
  globalThis.gc?.();
  await stopped;
  await gateway.stop();
}

/** Milliseconds in which a second signal is the first one again: npm passes on what the terminal sent to all. */
const SAME_PRESS = 1_000;

/** Resolves at the first Ctrl-C or SIGTERM; a later one ends the process at once. */
const stopSignal = (): Promise<void> =>
  new Promise((resolve) => {
    let first: number | undefined;
    const ask = () => {
      const now = performance.now();
      if (first !== undefined && now - first > SAME_PRESS) process.exit(130);
      first ??= now;
      resolve();
    };
    process.on('SIGINT', ask);
    process.on('SIGTERM', ask);
  });

type Command = (args: Arguments) => void | Promise<void>;

const demo: Command = async (args) => {
  const { runDemo } = await import('../simulators/demo.ts');
  await runDemo(args, stopSignal());
};

/** What is imported, the second word says. */
const importAny: Command = async (args) => {
  const [, what] = args.words;
  if (what === 'bills') await (await import('./cli/bills.ts')).importBills(args);
  else if (what === 'deliveries') {
    await (await import('./cli/canteen-files.ts')).importDeliveryFile(args);
  } else await (await import('./cli/commands.ts')).importFile(args);
};

/** A command's code is loaded when it is asked for: a gateway that runs needs none of the others. */
const COMMANDS: Record<string, () => Command | Promise<Command>> = {
  start: () => start,
  demo: () => demo,
  check: async () => (await import('./cli/commands.ts')).check,
  replay: async () => (await import('./cli/commands.ts')).replayFile,
  import: () => importAny,
  export: async () => (await import('./cli/export.ts')).exportHistory,
  notify: async () => (await import('./cli/notify.ts')).notify,
  consumption: async () => (await import('./cli/energy.ts')).consumption,
  meters: async () => (await import('./cli/energy.ts')).meters,
  bills: async () => (await import('./cli/bills.ts')).bills,
  adjustments: async () => (await import('./cli/bills.ts')).adjustments,
  baseline: async () => (await import('./cli/bills.ts')).baseline,
  backup: async () => (await import('./cli/commands.ts')).backup,
  restore: async () => (await import('./cli/commands.ts')).restore,
  credentials: async () => (await import('./cli/commands.ts')).credentials,
  'dead-letters': async () => (await import('./cli/dead-letters.ts')).deadLetters,
  alarms: async () => (await import('./cli/alarms.ts')).alarms,
  drill: async () => (await import('./cli/drills.ts')).drill,
  trace: async () => (await import('./cli/canteen.ts')).trace,
  'cold-chain': async () => (await import('./cli/cold-chain.ts')).coldChain,
  ledger: async () => (await import('./cli/canteen-files.ts')).ledger,
  epcis: async () => (await import('./cli/canteen-files.ts')).epcis,
  target: async () => (await import('./cli/target.ts')).target,
  audit: async () => (await import('./cli/canteen.ts')).audit,
};

try {
  const args = readArguments(process.argv.slice(2));
  const [command = 'help'] = args.words;
  if (args.version) print(VERSION);
  else if (args.help || command === 'help') print(HELP);
  else {
    const { needsData } = checkUsage(args);
    if (needsData && !existsSync(join(args.data, DATABASE_FILE))) {
      throw new CodedError('DATA_MISSING', { dir: args.data });
    }
    const load = COMMANDS[command];
    if (!load) throw new CodedError('USAGE', { found: command });
    const run = await load();
    await run(args);
  }
} catch (error) {
  noteError(error);
  process.exitCode = 1;
}
