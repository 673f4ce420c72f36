import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { outcome } from './support/codes.ts';
import { Device } from './support/device.ts';
import { School } from './support/school.ts';

const SCHOOL = `
campus: {id: qingcheng, name: 青城小学}
devices:
  - {id: freezer, profile: generic/freezer}
`;

describe('a backup', { timeout: 120_000 }, () => {
  test('is made while the gateway runs, and put back while it does not', async () => {
    using school = new School(SCHOOL);
    const file = school.folder.file('backups/monday.db');
    const password = await school.giveCredentials('qingcheng/freezer');
    {
      await using gateway = await school.open();
      using freezer = await Device.connect(gateway.mqtt, 'qingcheng/freezer', password);
      await freezer.reports({ temperature: -20.1 });
      const { code, stdout } = await school.command('backup', file, '--json');
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ file });
      await freezer.reports({ temperature: -20.2 });

      // nothing is ever written over, and nothing is swapped under a running gateway
      expect(outcome(await school.command('backup', file)).codes).toEqual(['BACKUP_EXISTS']);
      expect(outcome(await school.command('restore', file))).toEqual({
        code: 1,
        codes: ['STILL_RUNNING'],
      });
      expect(await gateway.latest('qingcheng/freezer')).toEqual({ temperature: -20.2 });
      await gateway.stops();
    }

    const restored = await school.command('restore', file, '--json');
    expect(restored.code).toBe(0);
    const { kept }: { kept: string } = JSON.parse(restored.stdout);
    expect(existsSync(kept), 'the former database').toBe(true);
    await using gateway = await school.open();
    expect(await gateway.latest('qingcheng/freezer')).toEqual({ temperature: -20.1 });
    using freezer = await Device.connect(gateway.mqtt, 'qingcheng/freezer', password);
    await freezer.reports({ temperature: -20.3 });
  });

  test('that is no database is refused, and the data stays', async () => {
    using school = new School(SCHOOL);
    await (await school.open()).stops();
    const file = school.folder.write('not-a.db', 'once upon a time '.repeat(1000));
    expect(outcome(await school.command('restore', file))).toEqual({
      code: 1,
      codes: ['DATABASE_CORRUPT'],
    });
    const missing = school.folder.file('nowhere.db');
    expect(outcome(await school.command('restore', missing))).toEqual({
      code: 1,
      codes: ['CONFIG_UNREADABLE'],
    });
    await using gateway = await school.open();
    expect(await gateway.asks('/ready')).toEqual({ ready: true });
  });
});
