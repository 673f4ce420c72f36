import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findRunning } from '../../src/storage/lock.ts';
import { codesOf, outcome } from './support/codes.ts';
import { CommandLine, type Ended, run } from './support/process.ts';
import { School } from './support/school.ts';
import { until } from './support/until.ts';

const ROOT = join(import.meta.dirname, '../..');

const RIGHT = `
campus: {id: qingcheng, name: 青城小学}
devices:
  - {id: freezer, profile: generic/freezer}
`;

const TELLS = `${RIGHT}notify: {webhook: {url: "http://127.0.0.1:9/"}}\n`;

const TEN_MISTAKES = `
campus: {id: qingcheng, name: 青城小学, timezone: Moon/Base}
zones: [{id: kitchen, name: 后厨, parent: nowhere}]
people: [{id: wang, name: 王秀英}]
roster:
  default: nobody
  shifts: [{person: ghost, from: "08:00", to: "18:00"}]
calendar:
  terms: [{name: 第一学期, from: 2027-01-22, to: 2026-09-01}]
devices:
  - {id: freezer, profile: generic/icebox}
  - {id: freezer, profile: generic/freezer}
  - {id: fridge, profile: generic/fridge, zone: cellar}
  - {id: meter, profile: generic/electricity-meter, parent: main}
  - {id: hall, profile: generic/smoke-detector, rules: {smoke: {high: 3}}}
`;

/** Of no machine: it is kept for examples (RFC 5737). */
const FOREIGN = '192.0.2.1';
const CERTIFICATE = join(import.meta.dirname, '../transport/fixtures/test-cert.pem');

const withTls = (certFile: string, keyFile: string) =>
  `${RIGHT}transport: {tls: {port: 0, certFile: ${certFile}, keyFile: ${keyFile}}}`;
const withAuthority = (caFile: string) =>
  `${RIGHT}transport: {external: {url: "mqtts://127.0.0.1:1", caFile: ${caFile}}}`;

/** What a gateway cannot start with: campus.yaml, what it is told, whether `check` sees it. */
const UNUSABLE: [string, string, string, boolean][] = [
  [
    'an MQTT address of no machine',
    `${RIGHT}transport: {host: ${FOREIGN}}`,
    'ADDRESS_UNUSABLE',
    false,
  ],
  [
    'an HTTP address of no machine',
    `${RIGHT}http: {host: ${FOREIGN}, tokenEnv: CAMPUS_WEBHOOK_SECRET}`,
    'ADDRESS_UNUSABLE',
    false,
  ],
  ['no such certificate', withTls('nowhere.pem', 'nowhere.pem'), 'CONFIG_UNREADABLE', true],
  [
    'a certificate that is none',
    withTls('campus.yaml', 'campus.yaml'),
    'CERTIFICATE_INVALID',
    true,
  ],
  ['a key that is none', withTls(CERTIFICATE, CERTIFICATE), 'CERTIFICATE_INVALID', true],
  ['no such authority', withAuthority('nowhere.pem'), 'CONFIG_UNREADABLE', true],
  ['an authority that is none', withAuthority('campus.yaml'), 'CERTIFICATE_INVALID', true],
];

/** Commands on paths that are wrong; the folder holds a school, and a file and a folder beside it. */
const WRONG_PATHS: [string, string[], string][] = [
  ['replay of a folder', ['replay', '{folder}'], 'CONFIG_UNREADABLE'],
  ['import of a folder', ['import', 'readings', '{folder}'], 'CONFIG_UNREADABLE'],
  [
    'import of bills from a folder',
    ['import', 'bills', '{folder}', '--utility', 'water'],
    'CONFIG_UNREADABLE',
  ],
  [
    'import of deliveries from nowhere',
    ['import', 'deliveries', '{folder}/nowhere.csv', '--person', '李梅'],
    'CONFIG_UNREADABLE',
  ],
  ['restore of a folder', ['restore', '{folder}'], 'CONFIG_UNREADABLE'],
  ['backup into a file', ['backup', '{file}/monday.db'], 'BACKUP_FAILED'],
  ['backup to where no file can be', ['backup', '/proc/monday.db'], 'BACKUP_FAILED'],
  [
    'a ledger written to a folder',
    ['ledger', 'suppliers', '{folder}', '--from', '2026-09-01', '--to', '2026-09-02'],
    'FILE_UNWRITABLE',
  ],
];

const said = (ended: Ended) => {
  expect(ended.stderr, 'a stack trace').not.toMatch(/^ +at /m);
  return outcome(ended);
};

/** Something else that listens. */
async function squat(): Promise<{ port: string } & Disposable> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = String(typeof address === 'object' && address ? address.port : 0);
  return { port, [Symbol.dispose]: () => server.close() };
}

describe('the command line', { timeout: 120_000 }, () => {
  test('says what it can do, and what it did not understand', async () => {
    expect((await run(['help'])).stdout).toContain('dead-letters replay');
    expect((await run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const unknown = { code: 1, codes: ['USAGE'] };
    for (const words of [['frobnicate'], ['start', '--loudly'], ['replay'], ['restore']]) {
      expect(outcome(await run(words)), words.join(' ')).toEqual(unknown);
    }
  });

  test.each([
    ['a word too many', ['check', 'my.yaml'], 'my.yaml'],
    ['a word after two', ['dead-letters', 'list', '7'], '7'],
    ['an option of another command', ['start', '--speed', '60'], '--speed'],
    ['an option of another of its actions', ['bills', 'list', '--preview'], '--preview'],
    ['half a command', ['bills'], 'bills withdraw'],
    ['no line of a list', ['dead-letters', 'list', '--limit', '0'], 'from 1 to'],
    ['a school whose time stands still', ['demo', '--speed', '0'], 'from 1 to'],
    ['an option that is empty', ['check', '--config', ''], '--config'],
  ])('ignores nothing: %s', async (_what, words, named) => {
    const ended = await run(words);
    expect(outcome(ended)).toEqual({ code: 1, codes: ['USAGE'] });
    expect(ended.stderr).toContain(named);
  });

  test.each([
    'dead-letters list',
    'backup',
    'credentials list',
    'audit verify',
    'meters tree',
    'alarms list',
  ])('%s makes no data folder of a mistyped name', async (command) => {
    const words = command.split(' ');
    using school = new School(RIGHT);
    const code = words[0] === 'alarms' ? 'NOT_RUNNING' : 'DATA_MISSING';
    expect(outcome(await school.command(...words))).toEqual({ code: 1, codes: [code] });
    expect(existsSync(school.data)).toBe(false);
    mkdirSync(school.data);
    expect(outcome(await school.command(...words))).toEqual({ code: 1, codes: [code] });
    expect(readdirSync(school.data)).toEqual([]);
  });

  test('does not mind when nobody reads on', async () => {
    await using command = new CommandLine(['help']);
    command.process.stdout?.destroy();
    expect(await command.ends()).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('says its result though nobody reads what it remarks', async () => {
    using school = new School(RIGHT);
    const rows = Array.from(
      { length: 20 },
      (_, i) => `2026-09-01T08:00:00+08:00,ghost-${i},temperature,1`,
    );
    const file = school.folder.write('r.csv', `time,device,metric,value\n${rows.join('\n')}\n`);
    const where = ['--config', school.config, '--data', school.data];
    await using command = new CommandLine(['import', 'readings', file, '--json', ...where]);
    command.process.stderr?.destroy();
    const { code, stdout } = await command.ends();
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, rows: 20, refused: 20 });
  });

  test('checks a configuration and names every mistake with its line', async () => {
    using school = new School(RIGHT);
    const right = await school.command('check', '--json');
    expect(right.code).toBe(0);
    expect(JSON.parse(right.stdout)).toMatchObject({ ok: true, campuses: 1, devices: 1 });

    const coarse = '  - {id: main, profile: generic/water-meter, resolution: 0.1}';
    writeFileSync(school.config, `${RIGHT}${coarse}`);
    const noted = await school.command('check');
    expect(noted.stdout).toContain(
      '注意 note: qingcheng/main night-flow：未启用：分辨力 0.1 m³ 太粗',
    );

    // links that no phone can open are a warning, and no mistake
    writeFileSync(school.config, TELLS);
    const told = await school.command('check');
    expect(outcome(told)).toEqual({ code: 0, codes: ['LINKS_STAY_HERE'] });
    expect(told.stderr).toMatch(/127\.0\.0\.1.*\n(.|\n)*→ .*http\.publicUrl/);
    const machine = await school.command('check', '--json');
    expect(JSON.parse(machine.stdout)).toMatchObject({
      ok: true,
      warnings: [{ code: 'LINKS_STAY_HERE' }],
    });
    for (const http of ['publicUrl: "https://school.example"', 'host: 192.168.1.5']) {
      writeFileSync(school.config, `${TELLS}http: {${http}}\n`);
      expect(outcome(await school.command('check')), http).toEqual({ code: 0, codes: [] });
    }

    writeFileSync(school.config, TEN_MISTAKES);
    const wrong = await school.command('check');
    expect(outcome(wrong)).toEqual({ code: 1, codes: ['CONFIG_INVALID'] });
    // the whole list in Chinese, then in English
    const named = (end: string) =>
      [...wrong.stderr.matchAll(new RegExp(`campus\\.yaml:(\\d+): ([^:：]+)${end}`, 'g'))].map(
        ([, line, path]) => `${line} ${path}`,
      );
    const places = [
      '2 campus.timezone',
      '3 zones[0].parent',
      '6 roster.default',
      '7 roster.shifts[0].person',
      '9 calendar.terms[0].to',
      '11 devices[0].profile',
      '12 devices[1].id',
      '13 devices[2].zone',
      '14 devices[3].parent',
      '15 devices[4].rules.smoke.high',
    ];
    expect(named('：实际为 ')).toEqual(places);
    expect(named(': found ')).toEqual(places);
  });

  test('starts on free ports, says where, and stops when told to', async () => {
    using school = new School(RIGHT);
    await using gateway = await school.open();
    expect(gateway.mqtt).toMatch(/^mqtt:\/\/127\.0\.0\.1:[1-9]\d+$/);
    expect(await gateway.asks('/ready')).toEqual({ ready: true });
    const ended = await gateway.stops();
    expect(ended.code).toBe(0);
    expect(codesOf(ended)).toEqual([]);
  });

  test('stops cleanly where npm passes on the Ctrl-C that the terminal has sent already', async () => {
    using school = new School(RIGHT);
    await using gateway = await school.open();
    // two of one kind could arrive as one
    gateway.process.kill('SIGINT');
    gateway.process.kill('SIGTERM');
    expect((await gateway.ends()).code).toBe(0);
    expect(readdirSync(school.data).toSorted()).toEqual(['campus.db', 'lock.db']);
  });

  test.each(['start', 'gateway'])(
    'is itself what npm runs as %s, so that a signal to npm reaches it',
    async (name) => {
      using school = new School(RIGHT);
      const { scripts }: { scripts: Record<string, string> } = JSON.parse(
        readFileSync(join(ROOT, 'package.json'), 'utf8'),
      );
      const words = name === 'start' ? [] : ['start'];
      const ports = ['--http-port', '0', '--mqtt-port', '0'];
      const where = ['--config', school.config, '--data', school.data];
      const line = [scripts[name], ...words, ...ports, ...where].join(' ');
      const path = `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`;
      const env = { ...process.env, PATH: path, LOG_LEVEL: 'error' };
      const shell = spawn('sh', ['-c', line], { cwd: ROOT, env, stdio: 'ignore' });
      const ended = once(shell, 'exit');
      const { pid } = await until('it runs', async () => findRunning(school.data));
      try {
        expect(pid).toBe(shell.pid);
      } finally {
        process.kill(pid, 'SIGTERM');
      }
      expect(await ended).toEqual([0, null]);
    },
  );

  test('says at the start that no phone can open the links in its messages', async () => {
    using school = new School(TELLS);
    await using gateway = await school.open();
    expect(codesOf(await gateway.stops())).toEqual(['LINKS_STAY_HERE']);
  });

  test('refuses a data folder that another gateway has', async () => {
    using school = new School(RIGHT);
    await using gateway = await school.open();
    expect(outcome(await school.opening().ends())).toEqual({ code: 1, codes: ['DATA_IN_USE'] });
    expect(await gateway.asks('/ready')).toEqual({ ready: true });
  });

  test('refuses a port that is taken, and leaves the data free', async () => {
    using school = new School(RIGHT);
    using squatter = await squat();
    const { port } = squatter;
    for (const option of ['--http-port', '--mqtt-port']) {
      const ended = await school.opening(option, port).ends();
      expect(said(ended), option).toEqual({ code: 1, codes: ['PORT_IN_USE'] });
      expect(ended.stderr).toContain(port);
    }
    const ports = ['--http-port', '0', '--mqtt-port', '0', '--phone-port', port];
    const demo = await run(['demo', '--data', school.folder.file('demo'), ...ports]);
    expect(said(demo), 'the phone').toEqual({ code: 1, codes: ['PORT_IN_USE'] });
    expect(demo.stderr).toContain(port);
    await using gateway = await school.open();
    expect(await gateway.asks('/ready')).toEqual({ ready: true });
  });

  test('refuses a database that is damaged, and keeps it', async () => {
    using school = new School(RIGHT);
    await (await school.open()).stops();
    writeFileSync(school.database, 'this was a database once '.repeat(1000));
    // what a reader may have left beside it could heal the file
    for (const end of ['-wal', '-shm']) rmSync(`${school.database}${end}`, { force: true });
    const ended = await school.opening().ends();
    expect(outcome(ended)).toEqual({ code: 1, codes: ['DATABASE_CORRUPT'] });
    expect(ended.stderr).toContain('restore');
  });

  test.each(UNUSABLE)('does not start with %s', async (_what, yaml, code, isChecked) => {
    using school = new School(yaml);
    const refused = { code: 1, codes: [code] };
    expect(said(await school.opening().ends())).toEqual(refused);
    const checked = said(await school.command('check'));
    expect(checked).toEqual(isChecked ? refused : { code: 0, codes: [] });
  });

  test.each(['start', 'demo'])('%s refuses a data folder that is none', async (command) => {
    using school = new School(RIGHT);
    const ports = ['--http-port', '0', '--mqtt-port', '0'];
    const phone = command === 'demo' ? ['--phone-port', '0'] : [];
    const on = (data: string) =>
      run([command, '--config', school.config, '--data', data, ...ports, ...phone]);
    const unusable = { code: 1, codes: ['DATA_UNUSABLE'] };
    expect(said(await on(school.config)), 'a file').toEqual(unusable);
    mkdirSync(school.data);
    writeFileSync(join(school.data, 'lock.db'), 'this was a lock once '.repeat(1000));
    const ended = await on(school.data);
    expect(said(ended), 'a damaged lock').toEqual(unusable);
    expect(ended.stderr).toContain('lock.db');
  });

  test.each(WRONG_PATHS)('a wrong path is named: %s', async (_what, words, code) => {
    using school = new School(RIGHT);
    await school.giveCredentials('qingcheng/freezer');
    const before = readdirSync(school.data);
    const placed = words.map((word) =>
      word.replace('{folder}', school.folder.path).replace('{file}', school.config),
    );
    expect(said(await school.command(...placed))).toEqual({ code: 1, codes: [code] });
    expect(readdirSync(school.data).filter((name) => name !== 'lock.db')).toEqual(before);
  });

  test('the demonstration with providers takes one file', async () => {
    using school = new School(RIGHT);
    const ports = ['--http-port', '0', '--mqtt-port', '0', '--phone-port', '0'];
    const demo = (config: string) =>
      run(['demo', '--providers', '--config', config, '--data', school.data, ...ports]);
    expect(said(await demo(school.folder.path))).toEqual({ code: 1, codes: ['USAGE'] });
    const missing = school.folder.file('missing.yaml');
    expect(said(await demo(missing))).toEqual({ code: 1, codes: ['CONFIG_UNREADABLE'] });
  });
});
