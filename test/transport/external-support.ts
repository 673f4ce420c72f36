import type { MqttClient } from 'mqtt';
import { onTestFinished } from 'vitest';
import { VirtualClock } from '../../src/clock.ts';
import { Database } from '../../src/storage/database.ts';
import { createExternalBroker, type ExternalOptions } from '../../src/transport/external.ts';
import { createSessionFilters } from '../../src/transport/session-filters.ts';
import type { TransportStatus } from '../../src/transport/transport.ts';
import { type OtherBroker, startTap } from './brokers.ts';
import { device as connectDevice, Pipeline, until } from './support.ts';

/** A running broker and a cable to it. Both are gone after the test. */
export async function run(broker: OtherBroker) {
  onTestFinished(() => broker.stop());
  const tap = await startTap(broker.port);
  onTestFinished(() => tap.end());
  return { broker, tap };
}

/** The gateway's side, on a clock that moves when it is told to. Stopped after the test. */
export async function gateway(
  url: string,
  automatic: boolean,
  options: Partial<ExternalOptions> = {},
) {
  const clock = new VirtualClock(0);
  const pipeline = new Pipeline(automatic);
  const states: TransportStatus[] = [];
  const transport = createExternalBroker(
    {
      url,
      clientId: 'gateway',
      session: sessionAt(url),
      filters: ['campus/#'],
      onState: (status) => states.push(status),
      ...options,
    },
    pipeline.receive,
    clock,
  );
  await transport.start();
  onTestFinished(() => {
    pipeline.commitAll();
    return transport.stop();
  });
  /** Waits until the next attempt is planned, and makes it. */
  const retry = async () => {
    await until(() => clock.next() !== undefined);
    clock.moveTo(clock.next() ?? 0);
  };
  const connected = () => until(() => states.at(-1)?.connected === true);
  return { clock, pipeline, states, transport, retry, connected };
}

/** A device that publishes through the other broker. */
export const device = (broker: OtherBroker): Promise<MqttClient> =>
  connectDevice(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 0 });

/** What a gateway's data folder would remember of its session at a broker. */
export const sessionAt = (url: string) =>
  createSessionFilters(new Database(':memory:'), { url, clientId: 'gateway' });

/** Publishes a reading; resolves once the broker has it. */
export const up = (client: MqttClient, text: string, more = {}) =>
  client.publishAsync('campus/meter/up', text, { qos: 1, ...more });
