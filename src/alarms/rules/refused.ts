import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Kind } from './condition.ts';

/** Whether the last value was refused. */
const Memory = Type.Object({ isRefused: Type.Boolean() });
interface RefusedMemory {
  isRefused: boolean;
}

const REFUSED: RefusedMemory = { isRefused: true };
const TAKEN: RefusedMemory = { isRefused: false };

/** Refused values: what the device sends can't be true. The first value that can be ends it. */
export const refused: Kind<RefusedMemory> = {
  begin: TAKEN,
  horizon: 0,
  parse: (json) => (Value.Check(Memory, json) ? (json.isRefused ? REFUSED : TAKEN) : undefined),
  see: (_memory, { isRefused }) => (isRefused ? REFUSED : TAKEN),
  at: ({ isRefused }, { value }) => ({
    holds: isRefused,
    isOver: !isRefused,
    value: Number.isNaN(value) ? undefined : value,
    limit: undefined,
  }),
};
