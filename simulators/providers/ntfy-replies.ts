import type { ServerResponse } from 'node:http';
import { type Answer, type Call, createIds, header, ok, type ProviderSecrets } from './provider.ts';

interface Published {
  id: string;
  time: number;
  event: 'message';
  topic: string;
  message: string;
}

/** The reply topic of an ntfy server: anybody may write to it, the token's owner may read it. */
export function createNtfyReplies({ topic, token }: ProviderSecrets['ntfy']) {
  const replyTopic = `${topic}-ack`;
  const id = createIds('reply');
  const kept: Published[] = [];
  const pages = new Set<ServerResponse>();
  const line = (event: object) => `${JSON.stringify(event)}\n`;

  return {
    /** undefined: not a reply. */
    answer({ rest, body, now }: Call): Answer | undefined {
      if (rest !== `/${replyTopic}`) return undefined;
      const time = Math.floor(now / 1000);
      const published = {
        id: id(),
        time,
        event: 'message',
        topic: replyTopic,
        message: body,
      } as const;
      kept.push(published);
      for (const page of pages) page.write(line(published));
      return ok(published);
    },
    stream(call: Call, response: ServerResponse): void {
      if (header(call, 'authorization') !== `Bearer ${token}`) {
        response.writeHead(403, { 'content-type': 'application/json' });
        response.end(line({ code: 40301, http: 403, error: 'forbidden' }));
        return;
      }
      if (call.rest !== `/${replyTopic}/json`) {
        response.writeHead(404).end();
        return;
      }
      pages.add(response);
      response.on('close', () => pages.delete(response));
      response.writeHead(200, { 'content-type': 'application/x-ndjson; charset=utf-8' });
      response.write(line({ id: 'open', time: 0, event: 'open', topic: replyTopic }));
      const since = call.query.get('since') ?? '';
      const after = kept.findIndex((one) => one.id === since) + 1;
      const old = after > 0 ? kept.slice(after) : kept.filter(({ time }) => time >= Number(since));
      for (const one of old) response.write(line(one));
    },
    listeners: () => pages.size,
    cut() {
      for (const page of pages) page.destroy();
    },
  };
}
