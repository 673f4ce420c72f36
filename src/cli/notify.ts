import { Type } from 'typebox';
import { CodedError } from '../errors.ts';
import { findRunning } from '../storage/lock.ts';
import type { Arguments } from './arguments.ts';
import { print } from './print.ts';
import { ask } from './remote.ts';

const Words = Type.Object({ zh: Type.String(), en: Type.String() });
const Results = Type.Object({
  results: Type.Array(
    Type.Object({
      channel: Type.String(),
      outcome: Type.String(),
      detail: Type.String(),
      code: Type.Optional(Type.String()),
      message: Type.Optional(Words),
      remedy: Type.Optional(Words),
    }),
  ),
});

/**
 * `notify test <person>`: sends a marked message through the running gateway and prints how each
 * channel ended. Ends with 1 unless every channel sent. Throws USAGE or NOT_RUNNING.
 */
export async function notify({ words, data, channel, json }: Arguments): Promise<void> {
  const [, action, whom = ''] = words;
  const [, campus, person] = /^(?:([^/]+)\/)?([^/]+)$/.exec(whom) ?? [];
  if (action !== 'test' || person === undefined) {
    throw new CodedError('USAGE', { found: `${words.join(' ')} – notify test <person>?` });
  }
  const running = findRunning(data);
  if (!running) throw new CodedError('NOT_RUNNING', { dir: data });
  const { results } = await ask(running, '/api/v1/notify/test', Results, {
    person,
    ...(campus === undefined ? {} : { campus }),
    ...(channel === undefined ? {} : { channel }),
  });
  for (const result of results) {
    if (json) print(JSON.stringify(result));
    else print(sayResult(result));
  }
  if (results.length === 0) print('没有通知渠道 no channel is configured: notify.channels');
  if (!results.length || results.some(({ outcome }) => outcome !== 'sent')) process.exitCode = 1;
}

type Result = Type.Static<typeof Results>['results'][number];

function sayResult({ channel, outcome, detail, message, remedy }: Result): string {
  if (outcome === 'sent') return `✓ ${channel}  已发送 sent: ${detail}`;
  const lines = [message?.zh, message?.en, remedy && `→ ${remedy.zh}`, remedy && `→ ${remedy.en}`];
  const said = lines.filter((line) => line !== undefined).map((line) => `  ${line}`);
  return [`✗ ${channel}  ${outcome}: ${detail}`, ...said].join('\n');
}
