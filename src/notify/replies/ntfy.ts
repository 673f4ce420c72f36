import { Type } from 'typebox';
import type { Clock, Millis, Timer } from '../../clock.ts';
import { below, failureReason } from '../channels/http.ts';
import { readJson } from './json.ts';
import { keepConnected, type ReconnectOptions } from './reconnect.ts';
import type { OnAcknowledge, Replies } from './reply.ts';

/** The button in a message publishes its one-time token to the topic of this name. */
export const replyTopic = (topic: string): string => `${topic}-ack`;

/** ntfy sends a sign of life every 45 s (docs.ntfy.sh, subscribe/api). */
const SILENT_AFTER: Millis = 120_000;
const MAX_LINE = 16 * 1024;

const Event = Type.Object({
  id: Type.String({ maxLength: 64 }),
  event: Type.String(),
  message: Type.Optional(Type.String()),
});

export interface NtfyRepliesOptions extends ReconnectOptions {
  clock: Clock;
  /** Those of the messages, not of the replies. */
  topics: readonly string[];
  authorization: string | undefined;
  baseUrl?: string | undefined;
  /** How long a token works: replies that are older need not be fetched at the start. */
  lifetime: Millis;
  onAcknowledge: OnAcknowledge;
}

/**
 * Taps on the button in ntfy messages, by ntfy's JSON stream (docs.ntfy.sh, subscribe/api: one
 * object a line, `since` is a message's id or a time in seconds). What came while the gateway was
 * down comes at the start; a token that was used already changes nothing.
 */
export function ntfyReplies(options: NtfyRepliesOptions): Replies {
  const { clock, topics, authorization, lifetime, onAcknowledge } = options;
  const { baseUrl = 'https://ntfy.sh' } = options;
  let last: string | undefined;

  const take = (line: string) => {
    const event = readJson(Event, line);
    if (event?.event !== 'message') return;
    onAcknowledge({ token: (event.message ?? '').trim() });
    last = event.id;
  };

  return keepConnected(options, async (signal, onUp) => {
    const since = last ?? String(Math.floor((clock.now() - lifetime) / 1000));
    const url = below(baseUrl, `/${topics.map(replyTopic).join(',')}/json?since=${since}`);
    const silence = new AbortController();
    let timer: Timer | undefined;
    const wait = () => {
      timer?.cancel();
      timer = clock.after(SILENT_AFTER, () => silence.abort());
    };
    try {
      wait();
      const response = await fetch(url, {
        headers: authorization === undefined ? {} : { authorization },
        redirect: 'error',
        signal: AbortSignal.any([signal, silence.signal]),
      });
      if (!response.ok || !response.body) {
        await response.body?.cancel();
        return `turned away: HTTP ${response.status}`;
      }
      onUp();
      let rest = '';
      for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
        wait();
        const lines = `${rest}${part}`.split('\n');
        rest = lines.pop() ?? '';
        if (rest.length > MAX_LINE) return 'a line without end';
        lines.forEach(take);
      }
      return 'closed by the other side';
    } catch (error) {
      return silence.signal.aborted ? 'no sign of life' : failureReason(error);
    } finally {
      timer?.cancel();
    }
  });
}
