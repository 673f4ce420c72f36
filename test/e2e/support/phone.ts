import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { isSigned } from '../../../simulators/phone/signature.ts';
import { SECRET } from './school.ts';
import { until } from './until.ts';

/** A message as it came. */
export interface Arrival {
  id: string;
  event: string;
  campus: { id: string };
  device: { id: string };
  rule: string;
  person: { id: string; name: string } | null;
  acknowledgeUrl: string | null;
  /** When it was signed, ms since 1970. */
  signed: number;
}

/** A duty phone on a free port that takes every message, signed ones only. */
export class Phone implements AsyncDisposable {
  /** Every request that came, repeats too. */
  readonly arrivals: Arrival[] = [];
  /** Called before a message is answered. */
  onArrival: (arrival: Arrival) => void = () => undefined;
  readonly #server: Server;

  private constructor(secret: string) {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      // a gateway that is killed while it sends
      request.on('error', () => undefined);
      request.on('end', () => {
        const body = Buffer.concat(chunks);
        if (!isSigned(secret, request.headers, body, Date.now())) {
          response.writeHead(401).end();
          return;
        }
        const signed = Number(request.headers['x-campus-timestamp']);
        const arrival: Arrival = { ...JSON.parse(body.toString()), signed };
        this.arrivals.push(arrival);
        this.onArrival(arrival);
        response.end('{}');
      });
    });
  }

  static async open(secret = SECRET): Promise<Phone> {
    const phone = new Phone(secret);
    phone.#server.listen(0, '127.0.0.1');
    await once(phone.#server, 'listening');
    return phone;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`;
  }

  /** Waits for a message that begins something at a device. */
  rings(device: string): Promise<Arrival> {
    return until(`a message about ${device}`, () =>
      this.arrivals.find(({ event, device: { id } }) => event === 'raised' && id === device),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
