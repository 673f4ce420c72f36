/** @import { Message, Notification } from './notification.ts' */

/** As many as the phone itself keeps. */
const MAX_MESSAGES = 500;

/** @type {readonly Notification['severity'][]} */
const GRAVEST_FIRST = ['critical', 'major', 'minor', 'info'];

/**
 * What the phone's page shows of its messages, and when it rings. The browser runs this file as it
 * stands here.
 */
export class Screen {
  /**
   * By id, oldest first.
   * @type {Map<string, Message>}
   */
  #messages = new Map();
  #isOpen = false;

  /**
   * Takes new messages, and old ones that have changed. What was there before the page was opened is
   * no news; what came while the line was down is, unless nobody is needed for it any more.
   * @param {readonly Message[]} messages
   */
  take(messages) {
    const isNews = this.#isOpen;
    this.#isOpen = true;
    /** @type {Set<string>} */
    const fresh = new Set();
    for (const message of messages) {
      const { id } = message.notification;
      if (isNews && !this.#messages.has(id)) fresh.add(id);
      this.#messages.set(id, message);
    }
    for (const id of this.#messages.keys()) {
      if (this.#messages.size > MAX_MESSAGES) this.#messages.delete(id);
    }
    const calls = this.cards()
      .filter(({ message, isWaiting }) => isWaiting && fresh.has(message.notification.id))
      .map(({ message }) => message.notification.severity);
    return { fresh, rings: GRAVEST_FIRST.find((severity) => calls.includes(severity)) };
  }

  /**
   * Newest first. An alarm that returns keeps its name: a message about it is over only if a newer
   * one has said so.
   */
  cards() {
    /** @type {Set<string>} */
    const cleared = new Set();
    return [...this.#messages.values()].reverse().map((message) => {
      const { alarm, event } = message.notification;
      if (event === 'cleared') cleared.add(alarm);
      const isOver = cleared.has(alarm);
      const isWaiting = event === 'raised' && !isOver && message.acknowledgement === null;
      return { message, isOver, isWaiting };
    });
  }
}
