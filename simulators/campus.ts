import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfiguration } from '../src/campus/load.ts';
import { loadProfiles } from '../src/campus/profile.ts';
import { numberOption, run, secretFrom } from './cli.ts';
import { devicePassword } from './passwords.ts';
import { readScenario } from './scenario.ts';
import { startCampusSimulator } from './simulator.ts';

export { readScenario, type Scenario } from './scenario.ts';
export {
  type CampusSimulator,
  type SimulatorOptions,
  type SimulatorStatus,
  startCampusSimulator,
} from './simulator.ts';

const USAGE = `Simulates the devices of a campus over MQTT. / 通过 MQTT 模拟一所学校的设备。

SIMULATOR_SECRET=… node simulators/campus.ts [options]
  --config <file>         campus.yaml or a folder (campus.example.yaml)
  --mqtt <url>            the broker (mqtt://127.0.0.1:1883)
  --seed <number>         another number, another campus (1)
  --speed <number>        60: an hour a minute (1)
  --interval-scale <n>    0.1: report ten times as often (1)
  --scenario <file>       faults that happen by themselves, e.g. simulators/demo-scenario.yaml
  --control-port <port>   faults on request, on loopback (0: any free port)

The password of a device is base64url(HMAC-SHA256(SIMULATOR_SECRET, user name)).`;

async function main() {
  const { values } = parseArgs({
    options: {
      config: { type: 'string', default: 'campus.example.yaml' },
      mqtt: { type: 'string', default: 'mqtt://127.0.0.1:1883' },
      seed: { type: 'string', default: '1' },
      speed: { type: 'string', default: '1' },
      'interval-scale': { type: 'string', default: '1' },
      scenario: { type: 'string' },
      'control-port': { type: 'string', default: '0' },
    },
  });
  const secret = secretFrom('SIMULATOR_SECRET');
  const profiles = loadProfiles(join(import.meta.dirname, '../devices'));
  const configuration = loadConfiguration(values.config, profiles);
  const simulator = await startCampusSimulator({
    configuration,
    mqttUrl: values.mqtt,
    password: (username) => devicePassword(secret, username),
    seed: numberOption('seed', values.seed, 0),
    timeFactor: numberOption('speed', values.speed, 0.001),
    intervalScale: numberOption('interval-scale', values['interval-scale'], 0.001),
    controlPort: numberOption('control-port', values['control-port'], 0),
    ...(values.scenario ? { scenario: readScenario(values.scenario, configuration) } : {}),
  });
  const { devices } = simulator.status();
  console.log(`${devices} devices / 台设备 → ${values.mqtt}`);
  console.log(`faults on request / 故障控制: ${simulator.controlUrl}/faults`);
  return simulator;
}

if (import.meta.main) await run(USAGE, main);
