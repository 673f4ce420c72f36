/** A message as it came from a broker. */
export interface IncomingMessage {
  topic: string;
  payload: Buffer;
  /**
   * True when the broker replayed it from its store of retained messages, so its value may be of
   * any age. False for what a device sent just now, whatever retain flag it set.
   */
  replayed: boolean;
}

/** A message that is handed over, and what its sender waits for. */
export interface Delivery extends IncomingMessage {
  /**
   * Called once: without an error when it is committed (the PUBACK may go out), with one when it was
   * not taken and must stay unacknowledged.
   */
  settle(error?: Error): void;
}

/** Takes one message, and settles it then or later. */
export type Receive = (delivery: Delivery) => void;

export interface TransportStatus {
  connected: boolean;
  /** Connected devices; undefined where the broker is not ours. */
  clients?: number;
  /** What is wrong, for people; undefined when all is well. */
  problem?: string;
}

/** Where messages come from. The embedded and the external broker are both this. */
export interface Transport {
  /** Resolves when messages can arrive (embedded) or the first connection attempt is under way (external). */
  start(): Promise<void>;
  /** Stops taking messages, lets those under way finish, and closes. */
  stop(): Promise<void>;
  status(): TransportStatus;
}
