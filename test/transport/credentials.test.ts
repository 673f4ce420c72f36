import { scrypt, scryptSync } from 'node:crypto';
import { stat } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import {
  createVerifier,
  generatePassword,
  hashPassword,
  verifyPassword,
} from '../../src/transport/credentials.ts';

// the real one, with its calls counted
vi.mock('node:crypto', async (original) => {
  const real = await original<typeof import('node:crypto')>();
  return { ...real, scrypt: vi.fn(real.scrypt) };
});

// scrypt takes its time by design.
const few = { numRuns: 10 };

describe('hashPassword and verifyPassword', () => {
  it('accept the password that was hashed and no other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.string(), async (right, other) => {
        const stored = await hashPassword(right);
        expect(stored).toMatch(/^scrypt\$(1024|16384)\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
        expect(await verifyPassword(right, stored)).toBe(true);
        expect(await verifyPassword(other, stored)).toBe(other === right);
      }),
      few,
    );
  });

  it('spend more on a password that a person chose', async () => {
    expect(await hashPassword('school2026')).toMatch(/^scrypt\$16384\$/);
    expect(await hashPassword(generatePassword())).toMatch(/^scrypt\$1024\$/);
  });

  it('salt every hash', async () => {
    expect(await hashPassword('same')).not.toBe(await hashPassword('same'));
  });

  it('read a hash that was made with another cost', async () => {
    const salt = Buffer.from('a salt of 16 B..');
    const hash = scryptSync('right', salt, 64, { N: 1024, r: 4, p: 2 });
    const stored = `scrypt$1024$4$2$${salt.toString('base64url')}$${hash.toString('base64url')}`;
    expect(await verifyPassword('right', stored)).toBe(true);
    expect(await verifyPassword('wrong', stored)).toBe(false);
  });

  it('fit no password to a malformed hash', async () => {
    const stored = await hashPassword('right');
    const malformed = [
      '',
      'right',
      stored.slice(0, 30),
      stored.replace('scrypt', 'bcrypt'),
      stored.replace('16384', '16383'),
      stored.replace('16384', '0'),
      stored.replace('16384', '524288'),
      stored.replace('$8$', '$0$'),
      stored.replace('$1$', '$99$'),
      `${stored}$`,
    ];
    for (const broken of malformed) expect(await verifyPassword('right', broken)).toBe(false);
  });

  it('fit no password to arbitrary text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), async (password, stored) => {
        expect(await verifyPassword(password, stored)).toBe(false);
      }),
    );
  });
});

describe('generatePassword', () => {
  it('makes url-safe passwords of at least 128 bits, each different', () => {
    const made = Array.from({ length: 1000 }, generatePassword);
    expect(new Set(made).size).toBe(1000);
    for (const password of made) expect(password).toMatch(/^[\w-]{22,}$/);
  });
});

describe('createVerifier', () => {
  it('knows right from wrong, and nobody from somebody', async () => {
    const stored = await hashPassword('right');
    const verify = createVerifier((username) => (username === 'meter' ? stored : undefined));
    expect(await verify('meter', 'right')).toBe(true);
    expect(await verify('meter', 'wrong')).toBe(false);
    expect(await verify('nobody', 'right')).toBe(false);
    expect(await verify('__proto__', 'right')).toBe(false);
  });

  it('remembers what it verified: ten thousand reconnect for one hash', async () => {
    const stored = await hashPassword('right');
    const verify = createVerifier(() => stored);
    const work = vi.mocked(scrypt);
    work.mockClear();
    for (let i = 0; i < 10_000; i++) expect(await verify('meter', 'right')).toBe(true);
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('forgets when the password changes or the user goes', async () => {
    let stored: string | undefined = await hashPassword('old');
    const verify = createVerifier(() => stored);
    expect(await verify('meter', 'old')).toBe(true);
    stored = await hashPassword('new');
    expect(await verify('meter', 'old')).toBe(false);
    expect(await verify('meter', 'new')).toBe(true);
    stored = undefined;
    expect(await verify('meter', 'new')).toBe(false);
  });

  it('does the same work for an unknown user as for a known one', async () => {
    const stored = await hashPassword(generatePassword());
    const verify = createVerifier((username) => (username === 'meter' ? stored : undefined));
    const work = vi.mocked(scrypt);
    work.mockClear();
    await verify('meter', 'wrong');
    await verify('nobody', 'wrong');
    const [known, unknown] = work.mock.calls.map(([, , length, cost]) => ({ length, cost }));
    expect(unknown).toEqual(known);
  });

  it('answers many at once, sharing what is the same', async () => {
    const stored = await hashPassword('right');
    const verify = createVerifier(() => stored);
    const work = vi.mocked(scrypt);
    work.mockClear();
    const checks = Array.from({ length: 2000 }, () => verify('meter', 'right'));
    expect((await Promise.all(checks)).every(Boolean)).toBe(true);
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('leaves the thread pool room for other work', async () => {
    const stored = await hashPassword('right');
    let done = 0;
    const checks = Array.from({ length: 40 }, (_, i) =>
      verifyPassword(`wrong ${i}`, stored).then(() => done++),
    );
    // As urgent as a file: with all four threads taken by passwords it would come last.
    await stat('.');
    expect(done).toBeLessThan(40);
    await Promise.all(checks);
  });
});
