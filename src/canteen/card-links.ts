import { createHmac, timingSafeEqual } from 'node:crypto';

export const CARDS = ['meal', 'batch', 'supplier', 'recall'] as const;

/** What a card is about; a meal's id is day.meal. */
export interface CardSubject {
  kind: (typeof CARDS)[number];
  campus: string;
  id: string;
}

/** Makes and proves the addresses that the QR codes on printed cards open. */
export interface CardLinks {
  /** The address's path. */
  path(subject: CardSubject): string;
  isSigned(subject: CardSubject, signature: string): boolean;
}

/**
 * Whoever holds the paper may open the card on a phone, without a login: its address is signed with
 * HMAC-SHA256 (cut to 128 bits, RFC 2104 section 5) and tells no other one. It never expires, as the
 * paper doesn't.
 */
export function createCardLinks(secret: string): CardLinks {
  const sign = ({ kind, campus, id }: CardSubject): string =>
    createHmac('sha256', secret)
      .update(`card ${kind}/${campus}/${id}`)
      .digest()
      .subarray(0, 16)
      .toString('base64url');
  return {
    path: (subject) => `/c/${subject.kind}/${subject.campus}/${subject.id}/${sign(subject)}`,
    isSigned(subject, signature) {
      const expected = Buffer.from(sign(subject));
      const given = Buffer.from(signature);
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}

/** The batch of a card's address, such as a phone reads from its QR code. */
export const batchOfCard = (code: string): string | undefined =>
  /\/c\/batch\/[^/]+\/([^/]+)\/[\w-]{22}$/.exec(code)?.[1];
