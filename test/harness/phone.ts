import { expect } from 'vitest';
import type { Alarm } from '../../src/alarms/store.ts';
import type { Millis } from '../../src/clock.ts';
import type { Channel, Message, Outcome, Recipient } from '../../src/notify/channel.ts';

/** A message that arrived, and what its reader can do with it. */
export interface Received extends Message {
  arrived: Millis;
  token: string;
  /** The person taps the link in the message. */
  acknowledge(person: string): Alarm;
}

export interface Attempt {
  time: Millis;
  message: Message;
  outcome: Outcome['kind'] | 'unanswered';
}

const ARRIVES: Outcome = { kind: 'sent', detail: 'arrived' };

/** A duty phone in memory. */
export class Phone implements Channel {
  readonly name = 'webhook';
  readonly kind = 'webhook';
  readonly attempts: Attempt[] = [];
  readonly inbox: Received[] = [];
  readonly #now: () => Millis;
  readonly #useLink: (token: string) => Alarm;
  readonly #unseen: Received[] = [];
  #answer: Outcome | 'hangs' = ARRIVES;
  #answersOwed: (() => void)[] = [];

  constructor(now: () => Millis, useLink: (token: string) => Alarm) {
    this.#now = now;
    this.#useLink = useLink;
  }

  /** Whether an answer is owed that will not come by itself. */
  get hangs(): boolean {
    return this.#answersOwed.length > 0;
  }

  isUnreachable(): void {
    this.#answer = { kind: 'retry', detail: 'ECONNREFUSED' };
  }

  isReachable(): void {
    this.#answer = ARRIVES;
  }

  /** Takes messages, and does not say so until `answersNow`. */
  goesQuiet(): void {
    this.#answer = 'hangs';
  }

  /** Says of all messages so far that they have arrived. */
  answersNow(): void {
    for (const answer of this.#answersOwed.splice(0)) answer();
  }

  answers(outcome: Outcome): void {
    this.#answer = outcome;
  }

  send(message: Message, _to: Recipient, signal: AbortSignal): Promise<Outcome> {
    const answer = this.#answer;
    const outcome = answer === 'hangs' ? 'unanswered' : answer.kind;
    this.attempts.push({ time: this.#now(), message, outcome });
    if (answer !== 'hangs' && answer.kind !== 'sent') return Promise.resolve(answer);
    const received = this.#open(message);
    this.inbox.push(received);
    this.#unseen.push(received);
    if (answer !== 'hangs') return Promise.resolve(answer);
    return new Promise((resolve) => {
      const answer = () => resolve(ARRIVES);
      this.#answersOwed.push(answer);
      signal.addEventListener('abort', () => {
        this.#answersOwed = this.#answersOwed.filter((other) => other !== answer);
        resolve({ kind: 'retry', detail: 'no answer' });
      });
    });
  }

  /** Reads the first message that is new and says that this began. */
  expect(text: string): Received {
    return this.#read(text, 'raised');
  }

  /** Reads the first message that is new and says that this is over. */
  expectOver(text: string): Received {
    return this.#read(text, 'cleared');
  }

  expectNothingNew(): void {
    expect(this.#unseen.map(say), 'new messages on the phone').toEqual([]);
  }

  #read(text: string, event: Message['event']): Received {
    const at = this.#unseen.findIndex(
      (message) => message.event === event && say(message).includes(text),
    );
    const [message] = at < 0 ? [] : this.#unseen.splice(at, 1);
    if (message) return message;
    const found = this.#unseen.map(say).join('\n') || 'nothing new';
    return expect.fail(`no message "${event}" with "${text}" on the phone; found:\n${found}`);
  }

  #open(message: Message): Received {
    const token = message.acknowledgeUrl?.split('/').at(-1) ?? '';
    return {
      ...message,
      arrived: this.#now(),
      token,
      acknowledge: (person) => {
        expect(message.person?.name, 'who has the message').toBe(person);
        return this.#useLink(token);
      },
    };
  }
}

const say = ({ event, title, text }: Message): string => `${event}: ${title.zh} ${text.zh}`;
