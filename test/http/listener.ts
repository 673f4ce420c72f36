/** An event of a stream, as it was sent. */
export interface StreamEvent {
  id?: string;
  event?: string;
  data?: Record<string, unknown>;
}

/** A client of the live stream. */
export class Listener implements AsyncDisposable {
  readonly response: Response;
  readonly #abort: AbortController;
  readonly #events: AsyncGenerator<StreamEvent>;

  constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#abort = abort;
    this.#events = read(response);
  }

  /** The next event that has a name. */
  async next(): Promise<StreamEvent> {
    for (;;) {
      const { value, done } = await this.#events.next();
      if (done) throw new Error('the stream has ended');
      if (value.event !== undefined) return value;
    }
  }

  /** Reads on until the mark that says the past is told; answers what came before, and its id. */
  async caughtUp(): Promise<{ events: StreamEvent[]; id: string }> {
    const events: StreamEvent[] = [];
    for (;;) {
      const { value, done } = await this.#events.next();
      if (done) throw new Error('the stream has ended');
      if (value.event !== undefined) events.push(value);
      else if (value.id !== undefined) return { events, id: value.id };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
  }
}

/** Connects to the live stream. */
export async function listen(
  url: string,
  query = '',
  headers: Record<string, string> = {},
): Promise<Listener> {
  const abort = new AbortController();
  const response = await fetch(`${url}/api/v1/live${query}`, { headers, signal: abort.signal });
  return new Listener(response, abort);
}

async function* read(response: Response): AsyncGenerator<StreamEvent> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) yield parse(block);
  }
}

function parse(block: string): StreamEvent {
  const event: StreamEvent = {};
  for (const line of block.split('\n')) {
    const [, name, value = ''] = /^(\w*): ?(.*)$/.exec(line) ?? [];
    if (name === 'id') event.id = value;
    else if (name === 'event') event.event = value;
    else if (name === 'data') event.data = JSON.parse(value);
  }
  return event;
}
