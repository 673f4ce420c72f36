import { parseArgs } from 'node:util';
import { numberOption, run, secretFrom } from './cli.ts';
import { startDutyPhone } from './phone/server.ts';

export type { Notification } from './phone/notification.ts';
export { type DutyPhone, type DutyPhoneOptions, startDutyPhone } from './phone/server.ts';
export { sign } from './phone/signature.ts';

const USAGE = `Shows the gateway's messages as on a phone. / 模拟值班手机。

CAMPUS_WEBHOOK_SECRET=… node simulators/phone.ts [options]
  --host <address>   127.0.0.1
  --port <number>    8090
  --data <file>      keeps the messages over a restart
  --control <url>    a campus simulator's control interface: buttons that cause faults`;

async function main() {
  const { values } = parseArgs({
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '8090' },
      data: { type: 'string' },
      control: { type: 'string' },
    },
  });
  const phone = await startDutyPhone({
    host: values.host,
    port: numberOption('port', values.port, 0),
    secret: secretFrom('CAMPUS_WEBHOOK_SECRET'),
    ...(values.data ? { dataFile: values.data } : {}),
    ...(values.control ? { controlUrl: values.control } : {}),
  });
  console.log(`duty phone / 值班手机: ${phone.url}`);
  return phone;
}

if (import.meta.main) await run(USAGE, main);
