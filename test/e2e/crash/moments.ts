import { setTimeout as pause } from 'node:timers/promises';
import type { Phone } from '../support/phone.ts';
import type { Gateway } from '../support/school.ts';
import { until } from '../support/until.ts';

/** Numbers from 0 to 1 that a seed determines (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface Scene {
  gateway: Gateway;
  phone: Phone;
  /** How many reports have been acknowledged so far. */
  acknowledged: () => number;
}

/** Kills the gateway at a random moment; says when that was. */
export async function killSometime(random: () => number, scene: Scene): Promise<string> {
  const kind = random();
  if (kind < 0.15) return killAtStart(random, scene);
  await scene.gateway.runs();
  return kind < 0.4 ? killAtMessage(random, scene) : killAtWork(random, scene);
}

/** Nobody has connected yet, or it is still sending what the last one owed. */
async function killAtStart(random: () => number, { gateway }: Scene): Promise<string> {
  const delay = Math.round(random() * 1_500);
  await Promise.race([pause(delay), gateway.runs()]);
  await gateway.dies();
  return `at most ${delay} ms after its start`;
}

/** A message is at the phone, and the gateway does not know it yet. */
async function killAtMessage(random: () => number, { gateway, phone }: Scene): Promise<string> {
  const wanted = phone.arrivals.length + Math.ceil(random() * 5);
  phone.onArrival = () => {
    if (phone.arrivals.length === wanted) gateway.process.kill('SIGKILL');
  };
  await until('messages at the phone', () => phone.arrivals.length >= wanted);
  phone.onArrival = () => undefined;
  await gateway.dies();
  return `as message ${wanted} arrived`;
}

/** Anywhere within what it does between two acknowledgements. */
async function killAtWork(random: () => number, scene: Scene): Promise<string> {
  const { gateway, acknowledged } = scene;
  const more = Math.ceil(random() * 1_500);
  const target = acknowledged() + more;
  await until(`${more} more acknowledgements`, () => acknowledged() >= target);
  await pause(random() * 5);
  await gateway.dies();
  return `after ${more} acknowledgements`;
}
