import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Device } from './support/device.ts';
import { Phone } from './support/phone.ts';
import { School, SECRET } from './support/school.ts';

/** Two schools that call their devices alike. */
const school = (id: string, person: string, phone: Phone, secret: string) => `
campus: {id: ${id}, name: 学校 ${id}}
people: [{id: duty, name: ${person}}]
notify: {webhook: {url: "${phone.url}", secretEnv: ${secret}}}
devices:
  - {id: freezer, profile: generic/freezer}
  - {id: hall, profile: generic/smoke-detector}
`;

describe('two campuses in one gateway', { timeout: 120_000 }, () => {
  test('share a process and a database, and nothing else', async () => {
    await using northPhone = await Phone.open(SECRET);
    await using southPhone = await Phone.open(`${SECRET}, another`);
    using place = new School('');
    const folder = place.folder.file('campuses');
    mkdirSync(folder);
    const north = school('north', '王秀英', northPhone, 'CAMPUS_WEBHOOK_SECRET');
    const south = school('south', '李志强', southPhone, 'OTHER_WEBHOOK_SECRET');
    writeFileSync(join(folder, 'north.yaml'), north);
    writeFileSync(join(folder, 'south.yaml'), south);
    writeFileSync(join(folder, 'gateway.yaml'), 'storage: {keepDeadLetters: 7d}\n');
    place.config = folder;

    const checked = await place.command('check', '--json');
    expect(JSON.parse(checked.stdout)).toMatchObject({ campuses: 2, devices: 4 });
    const users = ['north/freezer', 'south/freezer', 'north/hall', 'south/hall'];
    const password = await place.giveCredentials(...users);
    await using gateway = await place.open();
    const connect = (user: string) => Device.connect(gateway.mqtt, user, password);

    using northFreezer = await connect('north/freezer');
    using southFreezer = await connect('south/freezer');
    await northFreezer.reports({ temperature: -20 });
    await southFreezer.reports({ temperature: -25 });
    expect(await gateway.latest('north/freezer')).toEqual({ temperature: -20 });
    expect(await gateway.latest('south/freezer')).toEqual({ temperature: -25 });
    // one school's device has no say in the other
    const report = { values: { temperature: 10 } };
    await expect(northFreezer.publish('campus/south/freezer/up', report)).rejects.toThrow();
    expect(await gateway.latest('south/freezer')).toEqual({ temperature: -25 });

    using southHall = await connect('south/hall');
    await southHall.reports({ smoke: true });
    expect(await southPhone.rings('hall')).toMatchObject({
      campus: { id: 'south' },
      person: { name: '李志强' },
    });
    expect(await gateway.alarms('campus=south')).toMatchObject([{ device: 'hall', rule: 'smoke' }]);
    expect(await gateway.alarms('campus=north')).toEqual([]);
    expect(northPhone.arrivals).toEqual([]);

    using northHall = await connect('north/hall');
    await northHall.reports({ smoke: true });
    expect(await northPhone.rings('hall')).toMatchObject({
      campus: { id: 'north' },
      person: { name: '王秀英' },
    });
    expect(southPhone.arrivals.map(({ campus }) => campus.id)).toEqual(['south']);
  });
});
