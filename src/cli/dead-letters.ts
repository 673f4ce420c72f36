import { type Static, Type } from 'typebox';
import { CodedError } from '../errors.ts';
import { DeadLetterPage, MAX_PAGE, pageOf } from '../http/dead-letters.ts';
import { replayDeadLetters } from '../pipeline/replay-dead-letters.ts';
import { findRunning } from '../storage/lock.ts';
import type { Arguments } from './arguments.ts';
import { need, withCore } from './commands.ts';
import { query } from './energy.ts';
import { note, print } from './print.ts';
import { ask } from './remote.ts';

/** Lists dead letters, or sends them through the pipeline again. */
export async function deadLetters(args: Arguments): Promise<void> {
  const action = need(args, 1, 'list | replay');
  if (action === 'list') await list(args);
  else if (action === 'replay') await replay(args);
  else throw new CodedError('USAGE', { found: `dead-letters ${action}` });
}

type TakePage = (request: Parameters<typeof pageOf>[1]) => Promise<Static<typeof DeadLetterPage>>;

async function list(args: Arguments): Promise<void> {
  const running = findRunning(args.data);
  if (running) {
    await show(args, ({ reason, limit, cursor }) => {
      const page = query({ reason, limit: `${limit}`, cursor });
      return ask(running, `/api/v1/dead-letters?${page}`, DeadLetterPage);
    });
  } else {
    await withCore(args, ({ pipeline }) =>
      show(args, async (request) => pageOf(pipeline.deadLetters, request)),
    );
  }
}

/** Prints as many as were asked for, page by page. */
async function show({ reason, limit = 100, json }: Arguments, take: TakePage): Promise<void> {
  let shown = 0;
  let kept: number;
  let cursor: string | undefined;
  do {
    const page = await take({ reason, limit: Math.min(MAX_PAGE, limit - shown), cursor });
    for (const letter of page.deadLetters) print(json ? JSON.stringify(letter) : line(letter));
    shown += page.deadLetters.length;
    kept = page.kept;
    cursor = page.next;
  } while (cursor !== undefined && shown < limit);
  // who reads JSON must learn of those that are missing, too
  const more = cursor === undefined ? '' : '；未列完 there are more: --limit N';
  if (!json || more)
    note(`已列出 listed: ${shown}；共保留 kept: ${kept} 条死信 dead letter(s)${more}`);
}

type Letter = Static<typeof DeadLetterPage>['deadLetters'][number];

const line = ({ id, received, topic, reason, detail }: Letter): string =>
  `${id}  ${received}  ${topic}  ${reason}  ${detail}`;

async function replay(args: Arguments): Promise<void> {
  const words = args.words.slice(2);
  const ids = words.map(Number);
  if (ids.some((id) => !Number.isSafeInteger(id) || id < 1)) {
    throw new CodedError('USAGE', { found: `dead-letters replay ${words.join(' ')}` });
  }
  const { reason } = args;
  const selection = { ...(ids.length > 0 ? { ids } : {}), ...(reason ? { reason } : {}) };
  const answer = Type.Object({ replayed: Type.Number(), refused: Type.Number() });
  const running = findRunning(args.data);
  const result = running
    ? await ask(running, '/api/v1/dead-letters/replay', answer, selection)
    : await withCore(args, ({ pipeline }) => replayDeadLetters(pipeline, selection));
  if (args.json) print(JSON.stringify(result));
  else print(`${result.replayed} 条已采用 taken, ${result.refused} 条仍被拒 still refused`);
}
