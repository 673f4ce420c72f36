import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { type Static, Type } from 'typebox';
import { parseDocument } from 'yaml';
import type { Arguments } from '../src/cli/arguments.ts';
import { note } from '../src/cli/print.ts';
import { systemClock } from '../src/clock.ts';
import { CodedError } from '../src/errors.ts';
import { Gateway, readConfiguration } from '../src/gateway.ts';
import { DEMO_FILE, refuseSchoolData } from '../src/storage/demonstration.ts';
import { findRunning } from '../src/storage/lock.ts';
import { grantsOf } from '../src/transport/grants.ts';
import { startCampusSimulator } from './campus.ts';
import { announceControl } from './control-file.ts';
import { announceFirstReading, introduce, tellPast } from './introduction.ts';
import { kept } from './kept.ts';
import { devicePassword } from './passwords.ts';
import { SchoolPast } from './past.ts';
import { inboxFile } from './phone/inbox.ts';
import { type DutyPhone, startDutyPhone } from './phone.ts';
import { gatewaySettings } from './providers/settings.ts';
import { type Providers, startProviders } from './providers/start.ts';
import { readScenario } from './scenario.ts';

const EXAMPLE = join(import.meta.dirname, '../campus.example.yaml');
const SCENARIO = join(import.meta.dirname, 'demo-scenario.yaml');
const PHONE_PORT = 8090;

const Secrets = Type.Object({ webhook: Type.String(), devices: Type.String() });

/** The gateway, a simulated campus and a simulated duty phone, until `stopped` resolves. */
export async function runDemo(args: Arguments, stopped: Promise<void>): Promise<void> {
  refuseSchoolData(args.data);
  // before anything of the folder is touched that the other one uses
  if (findRunning(args.data)) throw new CodedError('DATA_IN_USE', { dir: args.data });
  const secrets = kept(args.data, DEMO_FILE, Secrets, () => {
    const make = () => randomBytes(24).toString('base64url');
    return { webhook: make(), devices: make() };
  });
  const phone = await startDutyPhone({
    host: '127.0.0.1',
    port: args.phonePort ?? PHONE_PORT,
    secret: secrets.webhook,
    dataFile: inboxFile(args.data),
  });
  const providers = args.providers
    ? await startProviders({ onAnswer: (exchange) => phone.show(exchange) })
    : undefined;
  const gateway = await startGateway(args, secrets, phone, providers).catch(
    async (error: unknown) => {
      await providers?.stop();
      await phone.stop();
      throw error;
    },
  );
  const { configuration } = gateway.core;
  // of another school nothing is known
  const isExample = args.config === undefined;
  const past = await SchoolPast.open(gateway, {
    data: args.data,
    hasStory: isExample,
    clock: systemClock,
  });
  const simulator = await startCampusSimulator({
    configuration,
    mqttUrl: gateway.urls.mqtt,
    password: (username) => devicePassword(secrets.devices, username),
    pastFaults: past.faults,
    pastOf: past.of,
    ...(args.speed === undefined ? {} : { timeFactor: args.speed }),
    ...(isExample ? { scenario: readScenario(SCENARIO, configuration) } : {}),
  });
  phone.controlWith(simulator.controlUrl);
  const control = announceControl(args.data, simulator.controlUrl);
  introduce(gateway, { phone: phone.url, data: args.data, isExample });
  const telling = Promise.race([announceFirstReading(gateway), stopped]).then(() => tellPast(past));

  await stopped;
  note('正在停止… stopping…');
  await past.stop();
  await telling;
  control.withdraw();
  await simulator.stop();
  await gateway.stop();
  await providers?.stop();
  await phone.stop();
  note('已全部停止，数据已保存 all stopped; the data is kept.');
}

async function startGateway(
  { config = EXAMPLE, data, httpPort, mqttPort }: Arguments,
  secrets: Static<typeof Secrets>,
  phone: DutyPhone,
  providers: Providers | undefined,
): Promise<Gateway> {
  const gateway = await Gateway.open({
    config: providers ? configurationFor(providers, config, data) : config,
    data,
    log: pino({ level: process.env.LOG_LEVEL ?? 'error' }, pino.destination(2)),
    env: {
      ...process.env,
      ...(providers ? gatewaySettings(providers).env : {}),
      CAMPUS_WEBHOOK_SECRET: secrets.webhook,
    },
    httpPort,
    mqttPort,
    webhookUrl: `${phone.url}/notifications`,
  });
  const { credentials } = gateway;
  const known = new Set(credentials.usernames());
  const strangers = [...grantsOf(gateway.core.configuration).keys()].filter(
    (user) => !known.has(user),
  );
  const passwords = strangers.map((user) =>
    credentials.save(user, devicePassword(secrets.devices, user)),
  );
  await Promise.all([gateway.start(), ...passwords]);
  return gateway;
}

/**
 * The same school with every channel, beside the demonstration's data. Throws as readConfiguration
 * does, and USAGE for a folder.
 */
function configurationFor(providers: Providers, config: string, data: string): string {
  readConfiguration(config);
  if (statSync(config).isDirectory()) {
    throw new CodedError('USAGE', { found: `--providers --config ${config} (one file is needed)` });
  }
  const document = parseDocument(readFileSync(config, 'utf8'));
  document.setIn(['notify', 'channels'], gatewaySettings(providers).channels);
  const file = join(data, 'demo-campus.yaml');
  writeFileSync(file, document.toString());
  return file;
}
