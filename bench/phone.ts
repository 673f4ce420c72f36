import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

/** Far beyond any goal: the message is lost. */
const PATIENCE = 10_000;

/** A real HTTP server that notes when a message about a device begins to arrive. */
export class Phone {
  readonly #server: Server;
  readonly #waiting = new Map<string, (arrived: number) => void>();

  private constructor() {
    this.#server = createServer((request, response) => {
      const arrived = performance.now();
      let body = '';
      request.setEncoding('utf8').on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        response.end('{}');
        const { device, event }: { device: { id: string }; event: string } = JSON.parse(body);
        if (event === 'raised') this.#waiting.get(device.id)?.(arrived);
      });
    });
  }

  static async start(): Promise<Phone> {
    const phone = new Phone();
    phone.#server.listen(0, '127.0.0.1');
    await once(phone.#server, 'listening');
    return phone;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`;
  }

  /** When the message about a device arrives, in the time of performance.now(). */
  async rings(device: string): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const late = setTimeout(() => reject(new Error(`no message about ${device}`)), PATIENCE);
    this.#waiting.set(device, resolve);
    try {
      return await promise;
    } finally {
      clearTimeout(late);
      this.#waiting.delete(device);
    }
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
