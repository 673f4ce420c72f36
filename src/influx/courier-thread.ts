import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { CourierAnswer, CourierOptions, CourierTask, Sent } from './courier.ts';
import { Feed } from './feed.ts';
import type { Part } from './part.ts';
import { createWrite } from './target.ts';
import type { Reply } from './verdict.ts';

// The courier's thread: see courier.ts.

const options: CourierOptions = workerData;
const write = createWrite(options);
let feed: Feed | undefined;

function open(): Feed {
  const connection = new DatabaseSync(options.file, { readOnly: true });
  connection.exec(`
    PRAGMA query_only = ON;
    PRAGMA busy_timeout = 5000;
    PRAGMA cache_size = -8000;
  `);
  return new Feed(connection);
}

async function answer(task: CourierTask): Promise<CourierAnswer> {
  if (task.kind === 'write') return { reply: await write(task.text) };
  // opened at the first errand, so that a failure is an answer
  feed ??= open();
  const { limit } = task;
  if (task.kind === 'waiting') {
    const batch = feed.waiting(task.after, limit);
    return { batch: batch && (await send(batch, limit)) };
  }
  const page = feed.history(task.place, task.from, task.until, limit);
  return { page: page && (await send(page, limit)) };
}

async function send<T extends Part>(part: T, limit: number): Promise<Sent<T>> {
  if (part.lines === 0 || part.lines > limit) return { ...part, reply: undefined };
  const reply = await write(part.text);
  // nobody needs the text of what was taken
  return isTaken(reply) ? { ...part, text: '', reply } : { ...part, reply };
}

const isTaken = (reply: Reply): boolean =>
  'status' in reply && reply.status < 300 && reply.body === '';

parentPort?.on('message', (task: CourierTask) => {
  answer(task)
    .catch((error) => ({ error: error instanceof Error ? error.message : String(error) }))
    .then((answered: CourierAnswer) => parentPort?.postMessage(answered));
});
