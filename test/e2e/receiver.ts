import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Type } from 'typebox';
import { Value } from 'typebox/value';

const Body = Type.Object({
  id: Type.String(),
  alarm: Type.String(),
  event: Type.String(),
  device: Type.Object({ id: Type.String() }),
  acknowledgeUrl: Type.Union([Type.String(), Type.Null()]),
});

/** A duty phone that takes everything and forgets nothing. */
export class Receiver implements AsyncDisposable {
  readonly received: {
    id: string;
    alarm: string;
    event: string;
    device: string;
    acknowledgeUrl: string | null;
  }[] = [];
  readonly #server = createServer(async (request, response) => {
    const { device, ...body } = Value.Parse(Body, JSON.parse(await textOf(request)));
    this.received.push({ ...body, device: device.id });
    response.end('{"ok":true}');
  });

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${isTcp(address) ? address.port : 0}/notifications`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const isTcp = (address: string | AddressInfo | null): address is AddressInfo =>
  typeof address === 'object' && address !== null;

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}
