import { type Static, Type } from 'typebox';
import { CodedError } from '../errors.ts';
import { findRunning } from '../storage/lock.ts';
import type { Arguments } from './arguments.ts';
import { note, print } from './print.ts';
import { ask } from './remote.ts';

const Drill = Type.Object({
  id: Type.Number(),
  campus: Type.String(),
  zone: Type.String(),
  kind: Type.String(),
  person: Type.String(),
  started: Type.String(),
  ends: Type.String(),
  ended: Type.Optional(Type.String()),
  openAlarms: Type.Number(),
});

/** Starts, ends and lists drills of the gateway that runs. Throws NOT_RUNNING or USAGE. */
export async function drill(args: Arguments): Promise<void> {
  const running = findRunning(args.data);
  if (!running) throw new CodedError('NOT_RUNNING', { dir: args.data });
  const [, action, what] = args.words;
  const say = (one: Static<typeof Drill>) => print(args.json ? JSON.stringify(one) : line(one));
  if (action === 'list') {
    const answer = Type.Object({ drills: Type.Array(Drill) });
    const { drills } = await ask(running, '/api/v1/drills', answer);
    for (const one of drills) say(one);
    if (!args.json) note(`${drills.length} 次演练 drill(s)`);
    return;
  }
  const { person, campus, kind, length } = args;
  if (what === undefined || person === undefined) {
    throw new CodedError('USAGE', { found: `${args.words.join(' ')} – --person?` });
  }
  if (action === 'start') {
    const options = { campus, kind, for: length };
    say(await ask(running, '/api/v1/drills', Drill, { zone: what, person, ...options }));
  } else if (action === 'end' && /^\d{1,15}$/.test(what)) {
    say(await ask(running, `/api/v1/drills/${what}/end`, Drill, { person }));
  } else {
    throw new CodedError('USAGE', { found: args.words.join(' ') });
  }
}

function line({
  id,
  campus,
  zone,
  kind,
  person,
  started,
  ends,
  ended,
  openAlarms,
}: Static<typeof Drill>) {
  const until = ended === undefined ? `至 until ${ends}` : `已结束 over ${ended}`;
  return `${id}  ${campus}/${zone}  ${kind}  ${person}  ${started}  ${until}  ${openAlarms} 条未关闭 open`;
}
