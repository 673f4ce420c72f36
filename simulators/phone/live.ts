import type { ServerResponse } from 'node:http';
import type { Exchange } from '../providers/provider.ts';
import type { Message } from './notification.ts';

/** Pages that may be open at once; the oldest is let go for a new one, and reconnects. */
const MAX_PAGES = 20;

/** A page that has stopped reading is let go once so many bytes wait for it. */
const MAX_WAITING = 4 * 1024 * 1024;

interface Update {
  /** New messages, and old ones that have changed. */
  messages?: readonly Message[];
  canCauseFaults?: boolean;
  /** What the simulated providers were asked to deliver. */
  exchanges?: readonly Exchange[];
}

/** Server-sent events to every open page. */
export class EventStream {
  readonly #pages = new Set<ServerResponse>();

  /** Begins with what there is. */
  open(page: ServerResponse, first: Required<Update>): void {
    const [oldest] = this.#pages;
    if (this.#pages.size >= MAX_PAGES && oldest) oldest.end();
    this.#pages.add(page);
    page.on('close', () => this.#pages.delete(page));
    page.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
    });
    page.write(`retry: 1000\nevent: all\ndata: ${JSON.stringify(first)}\n\n`);
  }

  send(update: Update): void {
    for (const page of this.#pages) {
      page.write(`data: ${JSON.stringify(update)}\n\n`);
      if (page.writableLength > MAX_WAITING) page.destroy();
    }
  }

  close(): void {
    for (const page of this.#pages) page.end();
  }
}
