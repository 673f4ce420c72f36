import { setImmediate } from 'node:timers/promises';
import { CodedError } from '../errors.ts';
import type { Pipeline } from './pipeline.ts';

/** Read at once: their payloads are in memory meanwhile. */
const PORTION = 50;

/**
 * Sends dead letters through the pipeline again, as late as they are. One that is refused again
 * stays; one that is taken is removed. With neither ids nor reason, all that there are now.
 * Throws DEAD_LETTER_UNKNOWN before any is taken.
 */
export async function replayDeadLetters(
  pipeline: Pipeline,
  selection: { ids?: number[] | undefined; reason?: string | undefined },
): Promise<{ replayed: number; refused: number }> {
  const { deadLetters } = pipeline;
  const { ids, reason } = selection;
  const result = { replayed: 0, refused: 0 };
  const tryAgain = async (id: number) => {
    if (pipeline.takeAgain(id)) result.replayed += 1;
    else result.refused += 1;
    // each has a COMMIT of its own: what is live does not wait for more than one
    await setImmediate();
  };
  if (ids) {
    const unknown = ids.filter((id) => !deadLetters.has(id));
    if (unknown.length > 0) {
      throw new CodedError('DEAD_LETTER_UNKNOWN', { ids: unknown.join(', ') });
    }
    for (const id of ids) {
      const letter = deadLetters.get(id);
      if (letter && (reason === undefined || letter.reason === reason)) await tryAgain(id);
    }
    return result;
  }
  // a device that goes on sending nonsense adds to them as fast as they are tried
  const newest = deadLetters.newest();
  for (let after = 0; after < newest; ) {
    const letters = deadLetters.list({ after, limit: PORTION, reason });
    for (const { id } of letters) if (id <= newest) await tryAgain(id);
    after = letters.at(-1)?.id ?? newest;
  }
  return result;
}
