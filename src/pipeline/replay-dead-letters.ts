import { setImmediate } from 'node:timers/promises';
import type { Pipeline } from './pipeline.ts';

/** Between portions live readings get in. */
const PORTION = 50;

/**
 * Sends dead letters through the pipeline again, as late as they are. One that is refused again
 * stays; one that is taken is removed. With neither ids nor reason, all of them.
 */
export async function replayDeadLetters(
  pipeline: Pipeline,
  selection: { ids?: number[] | undefined; reason?: string | undefined },
): Promise<{ replayed: number; refused: number }> {
  const result = { replayed: 0, refused: 0 };
  const tryAgain = (id: number) => {
    if (pipeline.takeAgain(id)) result.replayed += 1;
    else result.refused += 1;
  };
  const { ids, reason } = selection;
  if (ids) {
    for (const id of ids) {
      const letter = pipeline.deadLetters.get(id);
      if (letter && (reason === undefined || letter.reason === reason)) tryAgain(id);
    }
    return result;
  }
  let after = 0;
  for (;;) {
    const letters = pipeline.deadLetters.list({ after, limit: PORTION, reason });
    if (letters.length === 0) return result;
    for (const { id } of letters) tryAgain(id);
    after = letters.at(-1)?.id ?? after;
    await setImmediate();
  }
}
