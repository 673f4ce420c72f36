import { describe, expect, test } from 'vitest';
import { outcome } from './support/codes.ts';
import { School } from './support/school.ts';

const SCHOOL = `
campus: {id: qingcheng, name: 青城小学}
zones: [{id: teaching, name: 教学楼}]
people: [{id: zhang, name: 张伟}]
devices: [{id: hall, profile: generic/smoke-detector, zone: teaching}]
`;

describe('drills and alarms from the command line', { timeout: 120_000 }, () => {
  test('a drill is started, listed and ended; there is no alarm to show', async () => {
    using place = new School(SCHOOL);
    const drill = (...words: string[]) => place.command('drill', ...words);
    expect(outcome(await drill('list')), 'without a gateway').toEqual({
      code: 1,
      codes: ['NOT_RUNNING'],
    });
    await using gateway = await place.open();
    const start = ['start', 'teaching', '--person', 'zhang', '--for', '30m'];
    const started = JSON.parse((await drill(...start, '--json')).stdout);
    expect(started).toMatchObject({ id: 1, zone: 'teaching', kind: 'fire', openAlarms: 0 });
    expect(Date.parse(started.ends) - Date.parse(started.started)).toBe(30 * 60_000);
    expect(outcome(await drill(...start)).codes).toEqual(['DRILL_RUNNING']);
    expect((await drill('end', '1', '--person', '张伟')).stdout).toContain('已结束 over');
    expect((await drill('list')).stdout).toContain('qingcheng/teaching  fire  zhang');
    expect(outcome(await drill('end', 'one', '--person', '张伟')).codes).toEqual(['USAGE']);
    const alarms = (...words: string[]) => place.command('alarms', ...words);
    expect((await alarms('list')).code).toBe(0);
    expect(outcome(await alarms('show', '1')).codes).toEqual(['ALARM_UNKNOWN']);
    expect(outcome(await alarms('show')).codes).toEqual(['USAGE']);
    await gateway.stops();
  });
});
