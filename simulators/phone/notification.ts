import { type Static, Type } from 'typebox';

const Text = Type.Object({ zh: Type.String(), en: Type.String() });

const Named = Type.Object({ id: Type.String(), name: Type.String() });

const Url = Type.String({ pattern: '^https?://[^\\s]+$', maxLength: 2000 });

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()]);

/** What the gateway POSTs for each message to the duty phone. */
export const Notification = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 200 }),
  /** The alarm it is about; several messages may be about one. */
  alarm: Type.String({ minLength: 1, maxLength: 200 }),
  event: Type.Enum(['raised', 'cleared', 'notice']),
  severity: Type.Enum(['critical', 'major', 'minor', 'info']),
  campus: Named,
  device: Named,
  /** From the building down to the room. */
  zone: Type.String(),
  rule: Type.String(),
  title: Text,
  text: Text,
  /** What to do. */
  action: Text,
  value: orNull(Type.Union([Type.Number(), Type.Boolean(), Type.String()])),
  limit: orNull(Type.Union([Type.Number(), Type.Boolean(), Type.String()])),
  unit: orNull(Type.String()),
  /** ISO 8601 */
  since: Type.String(),
  person: orNull(Named),
  acknowledgeUrl: orNull(Url),
});
export type Notification = Static<typeof Notification>;

/** What became of an acknowledgement. */
export const Acknowledgement = Type.Object({
  outcome: Type.Enum(['acknowledged', 'already', 'expired', 'failed']),
  by: orNull(Type.String()),
  /** ISO 8601 */
  at: orNull(Type.String()),
  /** Why it failed. */
  reason: orNull(Type.String()),
});
export type Acknowledgement = Static<typeof Acknowledgement>;

/** A notification as the phone keeps it. */
export const Message = Type.Object({
  notification: Notification,
  /** ISO 8601 */
  receivedAt: Type.String(),
  acknowledgement: orNull(Acknowledgement),
});
export type Message = Static<typeof Message>;
