import { WebSocket } from 'ws';
import type { Clock, Millis, Timer } from '../../clock.ts';

const MAX_FRAME = 256 * 1024;
const HANDSHAKE_TIMEOUT: Millis = 10_000;
const PING_EVERY: Millis = 30_000;

export interface SocketOptions {
  url: string;
  clock: Clock;
  signal: AbortSignal;
  onOpen(): void;
  /** An error that it throws is for `onError`; the connection goes on. */
  onMessage(data: Buffer, socket: WebSocket): void;
  onError(error: unknown): void;
  /** What the vendor wants to be sent now and then, besides the ping of WebSockets. */
  beat?: { every: Millis; frame(): Buffer };
}

/** Opens a WebSocket and hands over what comes, until it closes; resolves with why. */
export function listenTo(options: SocketOptions): Promise<string> {
  const { url, clock, signal, onOpen, onMessage, onError, beat } = options;
  const { promise, resolve } = Promise.withResolvers<string>();
  if (signal.aborted) return Promise.resolve('stopped');
  const socket = new WebSocket(url, {
    maxPayload: MAX_FRAME,
    handshakeTimeout: HANDSHAKE_TIMEOUT,
  });
  const timers = new Map<string, Timer>();
  let isAlive = true;
  let reason = 'closed by the other side';

  const each = (name: string, every: Millis, run: () => void) => {
    timers.set(
      name,
      clock.after(every, () => {
        run();
        each(name, every, run);
      }),
    );
  };
  const stop = () => socket.terminate();
  signal.addEventListener('abort', stop);

  socket.on('open', () => {
    onOpen();
    each('ping', PING_EVERY, () => {
      if (!isAlive) {
        reason = 'no sign of life';
        socket.terminate();
        return;
      }
      isAlive = false;
      socket.ping();
    });
    if (beat) each('beat', beat.every, () => socket.send(beat.frame()));
  });
  socket.on('pong', () => {
    isAlive = true;
  });
  socket.on('message', (data) => {
    isAlive = true;
    try {
      onMessage(Buffer.isBuffer(data) ? data : Buffer.concat([data].flat().map(toBuffer)), socket);
    } catch (error) {
      onError(error);
    }
  });
  // the address, which may hold a ticket, is not part of the reason
  socket.on('error', (error) => {
    reason = 'code' in error ? String(error.code) : error.message.slice(0, 100);
  });
  socket.on('close', () => {
    signal.removeEventListener('abort', stop);
    for (const timer of timers.values()) timer.cancel();
    resolve(reason);
  });
  return promise;
}

const toBuffer = (part: Buffer | ArrayBuffer): Buffer =>
  Buffer.isBuffer(part) ? part : Buffer.from(part);
