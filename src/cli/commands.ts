import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { pino } from 'pino';
import { Type } from 'typebox';
import type { Configuration } from '../campus/model.ts';
import { systemClock } from '../clock.ts';
import { Core } from '../core.ts';
import { CodedError, describe } from '../errors.ts';
import { readConfiguration } from '../gateway.ts';
import { importReadings } from '../history/import.ts';
import { type ReplayEvent, replay } from '../history/replay.ts';
import { linksStayHere } from '../http/public-url.ts';
import { backupDatabase, DATABASE_FILE, restoreDatabase } from '../storage/backup.ts';
import { Database } from '../storage/database.ts';
import { findRunning, lockFolder } from '../storage/lock.ts';
import { readCertificates } from '../transport/certificates.ts';
import { createCredentialStore } from '../transport/credential-store.ts';
import { generatePassword } from '../transport/credentials.ts';
import { grantsOf } from '../transport/grants.ts';
import type { Arguments } from './arguments.ts';
import { DEFAULT_CONFIG } from './help.ts';
import { note, noteError, noteLine, print } from './print.ts';
import { withProgress } from './progress.ts';
import { ask, Words } from './remote.ts';

const configurationOf = ({ config = DEFAULT_CONFIG }: Arguments): Configuration =>
  readConfiguration(config);

export const errorsOnly = () => pino({ level: 'error' }, pino.destination(2));

/** Runs `work` on the data folder itself; nobody else may have it. */
async function alone<T>(data: string, work: () => T | Promise<T>): Promise<T> {
  const lock = lockFolder(data);
  try {
    return await work();
  } finally {
    lock.release();
  }
}

/** Runs `work` on the parts that keep the promise, without a gateway around them. */
export async function withCore<T>(
  args: Arguments,
  work: (core: Core) => T | Promise<T>,
): Promise<T> {
  const { data } = args;
  const configuration = configurationOf(args);
  return alone(data, async () => {
    const file = join(data, DATABASE_FILE);
    const core = new Core({ file, clock: systemClock, log: errorsOnly(), configuration });
    try {
      return await work(core);
    } finally {
      core.close();
    }
  });
}

/** The word at a place of the command line. Throws USAGE, which asks for `what`. */
export function need(args: Arguments, position: number, what: string): string {
  const word = args.words[position];
  if (word === undefined)
    throw new CodedError('USAGE', { found: `${args.words.join(' ')} – ${what}?` });
  return word;
}

/** Validates the configuration without starting anything. */
export function check(args: Arguments): void {
  const configuration = configurationOf(args);
  const { campuses, devices, files, machine, remarks } = configuration;
  readCertificates(machine.transport);
  const warning = linksStayHere(configuration);
  if (args.json) {
    const counts = { campuses: campuses.size, devices: devices.size };
    const { code, params } = warning ?? {};
    const warnings = code ? [{ code, ...describe(code, params) }] : [];
    print(JSON.stringify({ ok: true, ...counts, files, remarks, warnings }));
    return;
  }
  print(`配置正确 / valid: ${campuses.size} 所学校 campus(es), ${devices.size} 台设备 device(s)`);
  for (const { device, rule, text } of remarks) {
    print(`注意 note: ${device} ${rule}：${text.zh}\n  ${text.en}`);
  }
  if (warning) noteError(warning);
}

/** Sends a CSV through the rules on a virtual clock; one JSON line for each alarm event. */
export async function replayFile(args: Arguments): Promise<void> {
  const file = need(args, 1, 'readings.csv');
  const configuration = configurationOf(args);
  let noted = 0;
  const tell = (event: ReplayEvent) => {
    const values = Object.values(event).map((value) => value ?? '-');
    print(args.json ? JSON.stringify(event) : values.join('  '));
  };
  const refuse = (line: number, { code, params }: CodedError) => {
    noted += 1;
    if (noted <= 20) noteLine(file, line, code, describe(code, params).message);
  };
  const result = await withProgress(file, (source) =>
    replay(configuration, source, errorsOnly(), tell, refuse),
  );
  note(
    `${result.rows} 行 rows; ${result.refused} 行被拒 refused; ${result.late} 行迟到、未参与判断 late, judged nothing`,
  );
}

const ImportAnswer = Type.Object({
  rows: Type.Number(),
  stored: Type.Number(),
  duplicates: Type.Number(),
  refused: Type.Number(),
  refusals: Type.Array(
    Type.Object({
      line: Type.Number(),
      code: Type.String(),
      message: Words,
    }),
  ),
});

/** Brings a CSV in as history. */
export async function importFile(args: Arguments): Promise<void> {
  const file = need(args, 2, 'FILE.csv');
  const running = findRunning(args.data);
  const result = await withProgress(file, (source) =>
    running
      ? ask(running, '/api/v1/imports/readings', ImportAnswer, source)
      : withCore(args, async (core) => {
          const { refusals, ...counts } = await importReadings(core, source, systemClock.now);
          const said = refusals.map(({ line, error: { code, params } }) => {
            return { line, code, message: describe(code, params).message };
          });
          return { ...counts, refusals: said };
        }),
  );
  for (const { line, code, message } of result.refusals.slice(0, 20)) {
    noteLine(file, line, code, message);
  }
  const { rows, stored, duplicates, refused } = result;
  if (args.json) print(JSON.stringify({ rows, stored, duplicates, refused }));
  else
    print(
      `${rows} 行 rows: ${stored} 已存 stored, ${duplicates} 重复 duplicates, ${refused} 被拒 refused`,
    );
}

const BackupAnswer = Type.Object({
  file: Type.String(),
  bytes: Type.Number(),
  files: Type.Number(),
  missingFiles: Type.Array(Type.String()),
});

/** Writes a checked copy of the database and of the attachments. */
export async function backup(args: Arguments): Promise<void> {
  const stamp = new Date(systemClock.now()).toISOString().replace(/[:.]/g, '-');
  const target = resolve(args.words[1] ?? join(args.data, 'backups', `campus-${stamp}.db`));
  const running = findRunning(args.data);
  const result = running
    ? await ask(running, '/api/v1/backups', BackupAnswer, { file: target })
    : await alone(args.data, () => backupDatabase(join(args.data, DATABASE_FILE), target));
  if (args.json) print(JSON.stringify(result));
  else {
    print(
      `已备份 backup: ${result.file} (${result.bytes} bytes, ${result.files} 个附件 attachments)`,
    );
  }
  noteMissing(result.missingFiles);
}

/** Damage to a photo keeps no database from its place, but somebody must know. */
function noteMissing(hashes: readonly string[]): void {
  for (const hash of hashes) noteError(new CodedError('FILE_MISSING', { hash }));
}

/** Puts a backup in the database's place. */
export async function restore(args: Arguments): Promise<void> {
  const file = need(args, 1, 'backup.db');
  if (findRunning(args.data)) throw new CodedError('STILL_RUNNING', { dir: args.data });
  const { kept, files, missingFiles } = await alone(args.data, () =>
    restoreDatabase(file, args.data, systemClock.now()),
  );
  noteMissing(missingFiles);
  if (args.json) print(JSON.stringify({ restored: file, kept: kept ?? null, files, missingFiles }));
  else
    print(
      `已恢复 restored: ${basename(file)}${kept ? `; 原数据库保留为 the former one is kept as ${kept}` : ''}`,
    );
}

/** Gives devices and bridges their passwords for the embedded broker. */
export async function credentials(args: Arguments): Promise<void> {
  const action = need(args, 1, 'set | list');
  const running = findRunning(args.data);
  const users = grantsOf(configurationOf(args));
  if (action === 'list') {
    const known = await readCredentials(args);
    for (const username of users.keys()) {
      const has = known.has(username);
      if (args.json) print(JSON.stringify({ username, credential: has }));
      else print(`${has ? '✓' : '–'} ${username}`);
    }
    return;
  }
  if (action !== 'set') throw new CodedError('USAGE', { found: `credentials ${action}` });
  const username = need(args, 2, 'campus/device');
  if (!users.has(username)) throw new CodedError('DEVICE_UNKNOWN', { device: username });
  const password = args.passwordStdin ? await readPassword() : generatePassword();
  if (running) {
    await ask(running, '/api/v1/credentials', Type.Unknown(), { username, password });
  } else {
    await alone(args.data, async () => {
      const database = new Database(join(args.data, DATABASE_FILE));
      await createCredentialStore(database).save(username, password);
      database.close();
    });
  }
  if (args.json) print(JSON.stringify({ username, password }));
  else
    print(
      `用户名 username: ${username}\n密码 password: ${password}   （只显示这一次 shown only once）`,
    );
}

/** Reading beside a running gateway is harmless: SQLite lets both. */
async function readCredentials({ data }: Arguments): Promise<Set<string>> {
  const database = new Database(join(data, DATABASE_FILE));
  const usernames = createCredentialStore(database).usernames();
  database.close();
  return new Set(usernames);
}

/** The first line of what is piped in. Throws USAGE where there is none. */
async function readPassword(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.length > 0) return line;
  }
  throw new CodedError('USAGE', { found: '--password-stdin without a password' });
}
