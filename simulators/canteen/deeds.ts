import type { Body } from '../../src/canteen/projection.ts';
import type { Millis } from '../../src/clock.ts';

/** What is written with each kind of deed. */
interface Bodies {
  supplier: { supplier: string; version: number | undefined; body: Body<'supplier-set'> };
  receive: { body: Body<'batch-received'> };
  paper: { batch: string; body: Body<'paper-added'> };
  move: { body: Body<'moved'> };
  serve: { body: Body<'dish-served'> };
  use: { body: Body<'used'> };
  throw: { body: Body<'thrown'>; reason: string };
  sample: { body: Body<'sample-taken'> };
  dispose: { sample: string; reason?: string };
}

/** What somebody of the canteen does and writes down. */
export type Deed = {
  [K in keyof Bodies]: {
    kind: K;
    /** The id of its entry. */
    id: string;
    time: Millis;
    person: string;
    /** The papers it names. */
    files?: readonly Buffer[];
  } & Bodies[K];
}[keyof Bodies];
