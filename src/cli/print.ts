import { CodedError, describe, type Text } from '../errors.ts';
import { RemoteError } from './remote.ts';

// who reads only the first lines (`| head`) has seen enough; what is under way is finished
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

/** The command line's own output; logs go elsewhere. */
export const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** For people, beside the output that programs read. */
export const note = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/** Why a line of a file was not taken, Chinese first. */
export const noteLine = (file: string, line: number, code: string, { zh, en }: Text): void =>
  note(`${file}:${line}: [${code}] ${zh}\n  ${en}`);

/** What happened and what to do, Chinese first. */
export function noteError(error: unknown): void {
  if (error instanceof RemoteError) noteWords(error.code, error.words);
  else if (error instanceof CodedError) noteWords(error.code, describe(error.code, error.params));
  else note(error instanceof Error ? (error.stack ?? error.message) : String(error));
}

function noteWords(code: string, { message, remedy }: { message: Text; remedy: Text }): void {
  note(`[${code}] ${message.zh}`);
  note(`  ${message.en}`);
  note(`→ ${remedy.zh}`);
  note(`→ ${remedy.en}`);
}
