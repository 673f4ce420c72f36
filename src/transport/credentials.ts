import { createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

// A password that we made is beyond guessing at any cost, and ten thousand of them come back at
// once after a power cut: 1 MiB and about 3 ms. A short one was chosen by a person: 16 MiB.
const MADE = { N: 1024, r: 8, p: 1 };
const CHOSEN = { N: 16_384, r: 8, p: 1 };
const MADE_LENGTH = 24;
const HASH_BYTES = 32;
// A stored hash asks for its own cost; this is the most it may ask for.
const MAX_MEMORY = 64 * 1024 * 1024;

// Node has four threads for this and for every file; two of them stay free.
const AT_ONCE = 2;
const MAX_WAITING = 50_000;
const MAX_KNOWN = 50_000;

let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running < AT_ONCE) {
    running++;
  } else {
    if (waiting.length >= MAX_WAITING) throw new Error('too many passwords wait to be verified');
    // Whoever finishes hands its place over, so `running` does not change here.
    await new Promise<void>((resolve) => waiting.push(resolve));
  }
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}

function derive(password: string, salt: Buffer, length: number, cost: typeof MADE) {
  return inTurn(
    () =>
      new Promise<Buffer>((resolve, reject) => {
        scrypt(password, salt, length, { ...cost, maxmem: MAX_MEMORY }, (error, hash) =>
          error ? reject(error) : resolve(hash),
        );
      }),
  );
}

/** Hashes a password for keeping, as `scrypt$N$r$p$salt$hash`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const cost = password.length < MADE_LENGTH ? CHOSEN : MADE;
  const hash = await derive(password, salt, HASH_BYTES, cost);
  const parts = [cost.N, cost.r, cost.p, salt.toString('base64url'), hash.toString('base64url')];
  return ['scrypt', ...parts].join('$');
}

const STORED = /^scrypt\$([1-9]\d{0,5})\$([1-9]\d?)\$([1-9])\$([\w-]{16,128})\$([\w-]{22,128})$/;

function parse(stored: string) {
  const [, N, r, p, salt, hash] = STORED.exec(stored) ?? [];
  if (salt === undefined || hash === undefined) return undefined;
  return {
    cost: { N: Number(N), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64url'),
    hash: Buffer.from(hash, 'base64url'),
  };
}

/** Whether the password is the one that was hashed. A malformed `stored` fits no password. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const parsed = parse(stored);
  if (!parsed) return false;
  const { cost, salt, hash } = parsed;
  // scrypt refuses a cost that makes no sense before it starts; no password fits that either.
  const found = await derive(password, salt, hash.length, cost).catch((error: unknown) => {
    if (error instanceof RangeError) return undefined;
    throw error;
  });
  return found !== undefined && timingSafeEqual(found, hash);
}

/** A password nobody can guess: 144 random bits, safe in a URL and in a YAML file. */
export const generatePassword = (): string => randomBytes(18).toString('base64url');

/** Takes as long as a device's hash, and no password fits it. */
const nobody = [
  'scrypt',
  MADE.N,
  MADE.r,
  MADE.p,
  randomBytes(16).toString('base64url'),
  randomBytes(HASH_BYTES).toString('base64url'),
].join('$');

/**
 * Verifies passwords against the hashes that `lookup` finds by username. Rejects only when far too
 * many are waiting already.
 *
 * What was verified once is remembered, for as long as its hash does not change, so that ten
 * thousand devices can reconnect at once. The memory holds no password, only a digest under a key
 * that lives and dies with this process.
 */
export function createVerifier(
  lookup: (username: string) => string | undefined,
): (username: string, password: string) => Promise<boolean> {
  const key = randomBytes(32);
  const known = new Map<string, { digest: Buffer; stored: string }>();
  // Devices that lose patience and try again share the verification that is under way.
  const underWay = new Map<string, Promise<boolean>>();

  const verify = async (username: string, password: string, stored: string, digest: Buffer) => {
    const right = await verifyPassword(password, stored);
    if (right) {
      known.delete(username);
      known.set(username, { digest, stored });
      const oldest = known.size > MAX_KNOWN ? known.keys().next().value : undefined;
      if (oldest !== undefined) known.delete(oldest);
    }
    return right;
  };

  return async (username, password) => {
    const stored = lookup(username);
    if (stored === undefined) {
      // Otherwise the answer's speed would tell which usernames exist.
      await verifyPassword(password, nobody);
      return false;
    }
    const digest = createHmac('sha256', key).update(password).digest();
    const before = known.get(username);
    if (before?.stored === stored && timingSafeEqual(before.digest, digest)) return true;

    const name = JSON.stringify([username, stored, digest.toString('base64')]);
    const same = underWay.get(name);
    if (same) return same;
    const answer = verify(username, password, stored, digest).finally(() => underWay.delete(name));
    underWay.set(name, answer);
    return answer;
  };
}
