import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Value } from 'typebox/value';
import { type Acknowledgement, Message, type Notification } from './notification.ts';

/** Messages kept; the oldest go first. */
const MAX_MESSAGES = 500;

/** The file of an inbox in a data folder. What an earlier version named .json is taken over. */
export function inboxFile(folder: string): string {
  const file = join(folder, 'phone.jsonl');
  const former = join(folder, 'phone.json');
  if (existsSync(former) && !existsSync(file)) renameSync(former, file);
  return file;
}

/** The messages of a phone, each once, oldest first; on disk too if there is a file. */
export class Inbox {
  readonly #messages = new Map<string, Message>();
  readonly #file: string | undefined;
  #lines = 0;

  /** @param file one message a line, as JSON; a later line for the same message replaces it */
  constructor(file: string | undefined) {
    this.#file = file;
    if (file === undefined || !existsSync(file)) return;
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const message = readLine(line);
      if (message) this.#put(message);
    }
    this.#rewrite(file);
  }

  has(id: string): boolean {
    return this.#messages.has(id);
  }

  get(id: string): Message | undefined {
    return this.#messages.get(id);
  }

  all(): Message[] {
    return [...this.#messages.values()];
  }

  /** Keeps a message; when this returns it is in the file. */
  add(notification: Notification, receivedAt: string): Message {
    const message = { notification, receivedAt, acknowledgement: null };
    this.#put(message);
    this.#save(message);
    return message;
  }

  /**
   * Notes what became of an acknowledgement: with every message about the same alarm, or with this
   * one alone where only its link has expired.
   */
  acknowledge({ notification }: Message, acknowledgement: Acknowledgement): Message[] {
    const { id, alarm } = notification;
    const expired = acknowledgement.outcome === 'expired';
    const about = this.all().filter(({ notification: other }) =>
      expired ? other.id === id : other.alarm === alarm,
    );
    for (const message of about) {
      message.acknowledgement = acknowledgement;
      this.#save(message);
    }
    return about;
  }

  #put(message: Message): void {
    this.#messages.set(message.notification.id, message);
    const [oldest] = this.#messages.keys();
    if (this.#messages.size > MAX_MESSAGES && oldest !== undefined) this.#messages.delete(oldest);
  }

  #save(message: Message): void {
    if (this.#file === undefined) return;
    appendFileSync(this.#file, `${JSON.stringify(message)}\n`);
    if (++this.#lines >= 2 * MAX_MESSAGES) this.#rewrite(this.#file);
  }

  #rewrite(file: string): void {
    const lines = this.all().map((message) => `${JSON.stringify(message)}\n`);
    writeFileSync(`${file}.new`, lines.join(''));
    renameSync(`${file}.new`, file);
    this.#lines = lines.length;
  }
}

/** undefined for a line that was cut short by a crash. */
function readLine(line: string): Message | undefined {
  try {
    return Value.Parse(Message, JSON.parse(line));
  } catch {
    return undefined;
  }
}
