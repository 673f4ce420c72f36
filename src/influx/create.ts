import type { Logger } from 'pino';
import type { InfluxConfig } from '../campus/machine-schema.ts';
import type { Severity } from '../campus/rule.ts';
import type { Clock } from '../clock.ts';
import { parseDuration } from '../duration.ts';
import type { ErrorCode, ErrorParams } from '../errors.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { Database } from '../storage/database.ts';
import { Courier } from './courier.ts';
import { Forwarder } from './forwarder.ts';
import { History } from './history.ts';
import type { InfluxOutbox } from './outbox.ts';

/** What the forwarder needs of the core. */
export interface ForwarderHost {
  database: Database;
  influx: InfluxOutbox | undefined;
  pipeline: Pick<Pipeline, 'transact' | 'deadLetters'>;
  configuration: { machine: { influx?: InfluxConfig } };
  raiseOwn(code: ErrorCode, params: ErrorParams, how: { severity: Severity }): void;
  clearOwn(code: ErrorCode): void;
}

/** The forwarder of a core, not started; undefined where no InfluxDB is configured. */
export function createForwarder(
  host: ForwarderHost,
  options: { clock: Clock; log: Logger; token: string | undefined; random?: () => number },
): Forwarder | undefined {
  const { token, ...rest } = options;
  const { influx: config } = host.configuration.machine;
  const { influx: outbox, database, pipeline } = host;
  if (!config || !outbox) return undefined;
  const { url, org, bucket, instance, maxRows, maxAge } = config;
  return new Forwarder({
    ...rest,
    outbox,
    history: new History(database),
    courier: new Courier({ file: database.file, url, org, bucket, token }),
    server: serverOf(url),
    bucket,
    instance,
    maxRows,
    maxAge: parseDuration(maxAge),
    transact: (work) => pipeline.transact(work),
    addDeadLetter: (letter) => pipeline.deadLetters.add(letter),
    // InfluxDB only follows: nothing is lost here while it is away, and nobody need get up for it
    raise: (code, params) => host.raiseOwn(code, params, { severity: 'minor' }),
    clear: (code) => host.clearOwn(code),
  });
}

/** An address may hold a user name and a password. */
function serverOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '?';
}
