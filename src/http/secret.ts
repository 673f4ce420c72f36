import { createHash, timingSafeEqual } from 'node:crypto';

// digests have one length, so the comparison takes one time
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether a secret in an address is the one that is known. */
export const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
