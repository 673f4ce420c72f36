import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { codesOf, outcome } from './support/codes.ts';
import { CommandLine, run } from './support/process.ts';
import { School } from './support/school.ts';

const RIGHT = `
campus: {id: qingcheng, name: 青城小学}
devices:
  - {id: freezer, profile: generic/freezer}
`;

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

describe('the command line', { timeout: 120_000 }, () => {
  test('says what it can do, and what it did not understand', async () => {
    expect((await run(['help'])).stdout).toContain('dead-letters replay');
    expect((await run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const unknown = { code: 1, codes: ['USAGE'] };
    for (const words of [['frobnicate'], ['start', '--loudly'], ['replay'], ['restore']]) {
      expect(outcome(await run(words)), words.join(' ')).toEqual(unknown);
    }
  });

  test('does not mind when nobody reads on', async () => {
    await using command = new CommandLine(['help']);
    command.process.stdout?.destroy();
    expect(await command.ends()).toEqual({ code: 0, stdout: '', stderr: '' });
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

    writeFileSync(school.config, TEN_MISTAKES);
    const wrong = await school.command('check');
    expect(outcome(wrong)).toEqual({ code: 1, codes: ['CONFIG_INVALID'] });
    const places = [...wrong.stderr.matchAll(/campus\.yaml:(\d+): ([^:]+):/g)].map(
      ([, line, path]) => `${line} ${path}`,
    );
    expect(places).toEqual([
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
    ]);
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

  test('refuses a data folder that another gateway has', async () => {
    using school = new School(RIGHT);
    await using gateway = await school.open();
    expect(outcome(await school.opening().ends())).toEqual({ code: 1, codes: ['DATA_IN_USE'] });
    expect(await gateway.asks('/ready')).toEqual({ ready: true });
  });

  test('refuses a port that is taken, and leaves the data free', async () => {
    using school = new School(RIGHT);
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    try {
      const address = squatter.address();
      const port = String(typeof address === 'object' && address ? address.port : 0);
      for (const option of ['--http-port', '--mqtt-port']) {
        const ended = await school.opening(option, port).ends();
        expect(outcome(ended), option).toEqual({ code: 1, codes: ['PORT_IN_USE'] });
        expect(ended.stderr).toContain(port);
      }
    } finally {
      squatter.close();
    }
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
});
