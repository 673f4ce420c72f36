import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { parseLine } from './line-parser.ts';

/** One request as it came. */
export interface Seen {
  path: string;
  headers: IncomingMessage['headers'];
  isGzip: boolean;
  lines: string[];
}

/** How the server answers: a status with what belongs to it, or not at all. */
export type Reply =
  | {
      status: number;
      headers?: Record<string, string>;
      body?: string;
      /** Which lines are kept all the same. */
      takes?: (line: string) => boolean;
    }
  | 'hang'
  | 'reset';

const DONE: Reply = { status: 204 };

/** A server that plays InfluxDB: it really parses, keeps and overwrites points. */
export class FakeInflux implements AsyncDisposable {
  readonly seen: Seen[] = [];
  /** Every point that is there, by series, field and time. */
  readonly points = new Map<string, number | boolean | string>();
  /** How often a point came that was there already. */
  repeats = 0;
  /** Decides about each request in turn; what is left out is taken. */
  answer: (request: Seen, number: number) => Reply | undefined = () => undefined;
  readonly #server: Server;
  readonly #hanging: ServerResponse[] = [];
  readonly #watchers: { count: number; resolve: () => void }[] = [];
  #port = 0;

  constructor() {
    this.#server = createServer((request, response) => void this.#take(request, response));
  }

  /** The points of the probes, without the gateway's own. */
  get readings(): Map<string, number | boolean | string> {
    return new Map([...this.points].filter(([key]) => key.startsWith('["cold_storage"')));
  }

  get isListening(): boolean {
    return this.#server.listening;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Listens: at first on a free port, later on the same one. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (typeof address === 'object' && address) this.#port = address.port;
  }

  /** Is not there any more. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Resolves once so many requests have come. */
  async requests(count: number): Promise<void> {
    if (this.seen.length >= count) return;
    await new Promise<void>((resolve) => this.#watchers.push({ count, resolve }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.close();
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const isGzip = request.headers['content-encoding'] === 'gzip';
    const bytes = Buffer.concat(chunks);
    const text = (isGzip ? gunzipSync(bytes) : bytes).toString('utf8');
    const seen = {
      path: request.url ?? '',
      headers: request.headers,
      isGzip,
      lines: text.split('\n'),
    };
    this.seen.push(seen);
    const reply = this.answer(seen, this.seen.length) ?? DONE;
    this.#reply(reply, seen, response);
    for (const watcher of this.#watchers) {
      if (this.seen.length >= watcher.count) watcher.resolve();
    }
  }

  #reply(reply: Reply, { lines }: Seen, response: ServerResponse): void {
    if (reply === 'hang') {
      this.#hanging.push(response);
      return;
    }
    if (reply === 'reset') {
      response.destroy();
      return;
    }
    const { takes = () => reply.status < 300 } = reply;
    for (const line of lines.filter(takes)) this.#keep(line);
    response.writeHead(reply.status, reply.headers).end(reply.body);
  }

  #keep(line: string): void {
    const { measurement, tags, fields, time } = parseLine(line);
    for (const [field, value] of Object.entries(fields)) {
      const key = pointKey(measurement, tags, field, time);
      if (this.points.has(key)) this.repeats += 1;
      this.points.set(key, value);
    }
  }
}

/** What makes two points the same one. */
export const pointKey = (
  measurement: string,
  tags: Readonly<Record<string, string>>,
  field: string,
  time: number,
): string => JSON.stringify([measurement, Object.entries(tags).sort(), field, time]);

/** Refuses requests that hold a bad line; as InfluxDB 2 it may take the other lines of it. */
export function refusing(isBad: (line: string) => boolean, status: 400 | 422) {
  return ({ lines }: Seen): Reply | undefined => {
    const bad = lines.filter(isBad);
    if (bad.length === 0) return undefined;
    const message =
      status === 400
        ? `unable to parse '${bad[0]}': invalid field format`
        : `failure writing points to database: partial write: field type conflict dropped=${bad.length}`;
    return {
      status,
      body: JSON.stringify({ code: 'invalid', message }),
      takes: (line) => status === 422 && !isBad(line),
    };
  };
}
