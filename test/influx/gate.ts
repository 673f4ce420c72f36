import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** Stands before a real server: passes requests on, and is away when a test wants it. */
export class Gate implements AsyncDisposable {
  readonly #upstream: string;
  readonly #server = createServer((request, response) => void this.#pass(request, response));
  #port = 0;
  #passed = 0;
  #held: { after: number; resolve: () => void } | undefined;

  constructor(upstream: string) {
    this.#upstream = upstream;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Opens: at first on a free port, later on the same one. */
  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (typeof address === 'object' && address) this.#port = address.port;
  }

  /** Connections are refused from now on. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Resolves when the server has taken so many requests; the answer of the last is kept back. */
  async holdAfter(count: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#held = { after: this.#passed + count, resolve };
    });
    this.#held = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.close();
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { authorization, 'content-encoding': encoding } = request.headers;
    const answer = await fetch(`${this.#upstream}${request.url}`, {
      method: request.method ?? 'GET',
      headers: {
        ...(authorization === undefined ? {} : { authorization }),
        ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
      },
      body: Buffer.concat(chunks),
    });
    const body = await answer.text();
    this.#passed += 1;
    if (this.#held && this.#passed >= this.#held.after) {
      this.#held.resolve();
      return;
    }
    response
      .writeHead(answer.status, { 'content-type': 'application/json' })
      .end(body || undefined);
  }
}
