import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { type FeedAnswer, FeedQueries, type FeedTask } from './feed-query.ts';

// The feed's thread: see feed.ts.

let queries: FeedQueries | undefined;

function open(): FeedQueries {
  const connection = new DatabaseSync(String(workerData), { readOnly: true });
  connection.exec(`
    PRAGMA query_only = ON;
    PRAGMA busy_timeout = 5000;
    PRAGMA cache_size = -8000;
  `);
  return new FeedQueries(connection);
}

parentPort?.on('message', (task: FeedTask) => {
  let answer: FeedAnswer;
  try {
    // opened at the first question, so that a failure is an answer
    queries ??= open();
    answer = queries.answer(task);
  } catch (error) {
    answer = { error: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(answer);
});
