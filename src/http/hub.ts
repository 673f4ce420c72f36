import type { AlarmEvent } from '../alarms/store.ts';
import { CodedError } from '../errors.ts';
import type { Reading } from '../pipeline/stage.ts';
import { sayAlarmEvent, sayReading } from './shapes.ts';

const MAX_CLIENTS = 200;
/** Bytes a client may have waiting before readings are left out: the next ones are as good. */
const READINGS_BOUND = 256 * 1024;
/** Bytes beyond which it is cut off: it resumes with the alarm events it has missed. */
const CLIENT_BOUND = 1024 * 1024;

/** Where a client's events go. */
export interface LiveSink {
  /** Bytes that were written and not taken yet. */
  readonly buffered: number;
  write(text: string): void;
  close(): void;
}

/** What a client wants to hear; what is absent is not looked at. */
export interface LiveFilter {
  campus?: string | undefined;
  device?: string | undefined;
}

interface Client {
  sink: LiveSink;
  filter: LiveFilter;
  /** Hears alarm events; not yet while it catches up on older ones. */
  isListening: boolean;
}

/** A client's place at the hub. */
export interface LivePlace {
  /** From now on it hears alarm events too. */
  listen(): void;
  leave(): void;
}

/**
 * Passes committed readings and alarm events on to whoever listens. It holds nothing itself: a
 * client that falls behind loses readings first, then its connection. It never throws.
 */
export class LiveHub {
  readonly #clients = new Set<Client>();
  #dropped = 0;

  get clients(): number {
    return this.#clients.size;
  }

  /** Readings not sent because a client was slow, since start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes a client that hears readings at once, and alarm events from `listen()` on. Throws LIVE_FULL. */
  join(filter: LiveFilter, sink: LiveSink): LivePlace {
    if (this.#clients.size >= MAX_CLIENTS)
      throw new CodedError('LIVE_FULL', { limit: MAX_CLIENTS });
    const client: Client = { sink, filter, isListening: false };
    this.#clients.add(client);
    return {
      listen: () => {
        client.isListening = true;
      },
      leave: () => {
        this.#clients.delete(client);
      },
    };
  }

  publishReadings(readings: readonly Reading[]): void {
    if (this.#clients.size === 0) return;
    // each is put into words once, and only if somebody wants it
    const words: string[] = [];
    const said = (reading: Reading, i: number) => {
      words[i] ??= `event: reading\ndata: ${JSON.stringify(sayReading(reading))}\n\n`;
      return words[i];
    };
    for (const client of this.#clients) {
      this.#try(client, ({ sink, filter }) => {
        let room = READINGS_BOUND - sink.buffered;
        const parts: string[] = [];
        readings.forEach((reading, i) => {
          const { device } = reading.series.device;
          if (!fits(filter, device.campus.id, device.id)) return;
          const part = room > 0 ? said(reading, i) : '';
          room -= part.length;
          if (room > 0) parts.push(part);
          else this.#dropped += 1;
        });
        if (parts.length > 0) sink.write(parts.join(''));
      });
    }
  }

  publishAlarm(event: AlarmEvent): void {
    if (this.#clients.size === 0) return;
    const { campus, device } = event.alarm;
    let text: string | undefined;
    for (const client of this.#clients) {
      if (!client.isListening || !fits(client.filter, campus, device)) continue;
      text ??= alarmText(event);
      this.#send(client, text);
    }
  }

  /** Keeps quiet connections open, and finds those that are gone. */
  beat(): void {
    for (const client of this.#clients) this.#send(client, ': beat\n\n');
  }

  #send(client: Client, text: string): void {
    this.#try(client, ({ sink }) => {
      if (sink.buffered > CLIENT_BOUND) throw new Error('too slow');
      sink.write(text);
    });
  }

  /** Whatever is wrong with a client is its own affair. */
  #try(client: Client, work: (client: Client) => void): void {
    try {
      work(client);
    } catch {
      this.#clients.delete(client);
      try {
        client.sink.close();
      } catch {
        // it is gone anyway
      }
    }
  }
}

/** An alarm event in the stream's words. */
export const alarmText = (event: AlarmEvent): string =>
  `id: ${event.id}\nevent: alarm\ndata: ${JSON.stringify(sayAlarmEvent(event))}\n\n`;

export const fits = (filter: LiveFilter, campus: string, device: string): boolean =>
  (filter.campus === undefined || filter.campus === campus) &&
  (filter.device === undefined || filter.device === device);
