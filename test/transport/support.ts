import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectSocket, type Socket } from 'node:net';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { expect, onTestFinished, vi } from 'vitest';
import type { CodedError } from '../../src/errors.ts';
import { createEmbeddedBroker, type EmbeddedOptions } from '../../src/transport/embedded.ts';
import { createGrants } from '../../src/transport/topics.ts';
import type { IncomingMessage, Receive } from '../../src/transport/transport.ts';

/** Waits for something that has no event of its own. */
export const until = (condition: () => boolean): Promise<void> =>
  vi.waitFor(() => expect(condition()).toBe(true), { interval: 2, timeout: 10_000 });

export interface Taken extends IncomingMessage {
  done: (error?: Error) => void;
}

/** Stands where the pipeline does: takes messages and commits them when told to, or at once. */
export class Pipeline {
  readonly taken: Taken[] = [];
  automatic: boolean;

  constructor(automatic: boolean) {
    this.automatic = automatic;
  }

  readonly receive: Receive = (message) => {
    let open = true;
    const once = (error?: Error) => {
      if (open) message.settle(error);
      open = false;
    };
    this.taken.push({ ...message, done: once });
    if (this.automatic) once();
  };

  texts(): string[] {
    return this.taken.map(({ payload }) => payload.toString());
  }

  commitAll(): void {
    for (const { done } of this.taken.splice(0)) done();
  }

  /** Waits until so many messages have been taken and not been committed by `commitAll`. */
  async holds(count: number): Promise<Taken[]> {
    await until(() => this.taken.length >= count);
    return this.taken;
  }
}

const passwords = new Map([
  ['meter', 'meter-password'],
  ['fridge', 'fridge-password'],
]);

/**
 * An embedded broker on a free port for the devices `meter` and `fridge`, with their own topics.
 * It is stopped after the test.
 */
export async function startEmbedded(options: Partial<EmbeddedOptions> = {}, automatic = true) {
  const pipeline = new Pipeline(automatic);
  const refused: CodedError[] = [];
  const broker = createEmbeddedBroker(
    {
      host: '127.0.0.1',
      port: 0,
      authenticate: async (username, password) => passwords.get(username) === password,
      grants: (username) => createGrants([`campus/${username}/#`], [`campus/${username}/#`]),
      onRefused: (refusal) => refused.push(refusal),
      ...options,
    },
    pipeline.receive,
  );
  onTestFinished(() => broker.stop());
  await broker.start();
  const port = broker.ports.mqtt ?? 0;
  return { broker, pipeline, refused, port, url: `mqtt://127.0.0.1:${port}` };
}

/** The options of a device that tries once and does not reconnect. */
export const as = (username: string, more: IClientOptions = {}): IClientOptions => ({
  username,
  password: passwords.get(username),
  reconnectPeriod: 0,
  ...more,
});

/** Connects a device; resolves once the broker has accepted it. It is gone after the test. */
export async function device(url: string, options: IClientOptions): Promise<MqttClient> {
  const client = connect(url, options);
  onTestFinished(() => {
    client.end(true);
  });
  await new Promise((resolve, reject) => {
    client.once('connect', resolve);
    client.once('error', reject);
  });
  return client;
}

/** Resolves when the device's connection has ended. */
export const closed = (client: MqttClient): Promise<void> =>
  new Promise((resolve) => client.once('close', () => resolve()));

/** The code with which a broker refuses to be connected to. */
export async function refusal(url: string, options: IClientOptions): Promise<unknown> {
  const client = connect(url, options);
  const error = await new Promise<unknown>((resolve) => client.once('error', resolve));
  return error instanceof Error && 'code' in error ? error.code : error;
}

/** Resolves when everything sent before has been answered or never will be. */
export async function ping(client: MqttClient): Promise<void> {
  const answered = new Promise<void>((resolve) => {
    client.on('packetreceive', ({ cmd }) => {
      if (cmd === 'pingresp') resolve();
    });
  });
  client.sendPing();
  await answered;
}

/** A bare TCP connection. What it received is in `bytes`; `ended` resolves when it has ended. */
export async function bare(port: number) {
  const socket: Socket = connectSocket(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => {});
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await once(socket, 'connect');
  return { socket, ended, bytes: () => Buffer.concat(chunks) };
}

const text = (value: string) => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
};

const packet = (type: number, ...parts: Buffer[]) => {
  const body = Buffer.concat(parts);
  expect(body.length).toBeLessThan(128);
  return Buffer.concat([Buffer.from([type, body.length]), body]);
};

/** The bytes of a CONNECT. */
export const connectPacket = (clientId: string, username: string, password: string) =>
  packet(
    0x10,
    text('MQTT'),
    Buffer.from([4, 0xc2, 0, 60]),
    text(clientId),
    text(username),
    text(password),
  );

/** The bytes of a PUBLISH with QoS 1. */
export const publishPacket = (topic: string, messageId: number, payload: string) =>
  packet(0x32, text(topic), Buffer.from([0, messageId]), Buffer.from(payload));

/** The bytes of a SUBSCRIBE to one filter with QoS 0. */
export const subscribePacket = (filter: string, messageId: number) =>
  packet(0x82, Buffer.from([0, messageId]), text(filter), Buffer.from([0]));

export const fixture = (name: string): string =>
  readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
