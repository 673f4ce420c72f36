import { describe, expect, test } from 'vitest';
import { outcome } from './support/codes.ts';
import { Device } from './support/device.ts';
import { School } from './support/school.ts';

const SCHOOL = `
campus: {id: qingcheng, name: 青城小学}
devices:
  - {id: freezer, profile: generic/freezer}
  - {id: fridge, profile: generic/fridge}
`;

/** The password in what `credentials set … --json` prints. */
const passwordIn = (stdout: string): string => {
  const { password }: { password: string } = JSON.parse(stdout);
  return password;
};

describe('credentials', { timeout: 120_000 }, () => {
  test('let a device in with its own password, to its own topics', async () => {
    using school = new School(SCHOOL);
    const set = () => school.command('credentials', 'set', 'qingcheng/freezer', '--json');
    const old = passwordIn((await set()).stdout);

    await using gateway = await school.open();
    {
      using freezer = await Device.connect(gateway.mqtt, 'qingcheng/freezer', old);
      await freezer.reports({ temperature: -20.4 });
      expect(await gateway.latest('qingcheng/freezer')).toEqual({ temperature: -20.4 });

      const report = { values: { temperature: 30 } };
      await expect(freezer.publish('campus/qingcheng/fridge/up', report)).rejects.toThrow();
      expect(await gateway.latest('qingcheng/fridge')).toEqual({});
    }

    const connect = (username: string, password: string) =>
      Device.connect(gateway.mqtt, username, password);
    await expect(connect('qingcheng/freezer', 'a guess')).rejects.toThrow();
    await expect(connect('qingcheng/fridge', old)).rejects.toThrow();

    // a running gateway knows a new password at once, and the old one no longer
    const fresh = passwordIn((await set()).stdout);
    using again = await connect('qingcheng/freezer', fresh);
    await again.reports({ temperature: -20.5 });
    await expect(connect('qingcheng/freezer', old)).rejects.toThrow();
  });

  test('are listed, and given to configured devices only', async () => {
    using school = new School(SCHOOL);
    await school.giveCredentials('qingcheng/fridge');
    const listed = await school.command('credentials', 'list');
    expect(listed.stdout).toBe('– qingcheng/freezer\n✓ qingcheng/fridge\n');
    expect(outcome(await school.command('credentials', 'set', 'qingcheng/oven'))).toEqual({
      code: 1,
      codes: ['DEVICE_UNKNOWN'],
    });
  });
});
