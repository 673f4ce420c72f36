import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Device } from './support/device.ts';
import { Phone } from './support/phone.ts';
import { School } from './support/school.ts';
import { until } from './support/until.ts';

const school = (phone: Phone, ...devices: string[]) => `
campus: {id: qingcheng, name: 青城小学}
people: [{id: wang, name: 王秀英}]
notify: {webhook: {url: "${phone.url}"}}
devices:
${devices.map((device) => `  - ${device}\n`).join('')}`;

const FREEZER = '{id: freezer, profile: generic/freezer}';
const HALL = '{id: hall, profile: generic/smoke-detector}';
const UNKNOWN = '{id: oven, profile: generic/oven}';

describe('a campus.yaml that is edited while the gateway runs', { timeout: 120_000 }, () => {
  test('is taken when it is right, and changes nothing when it is not', async () => {
    await using phone = await Phone.open();
    using place = new School(school(phone, FREEZER));
    const password = await place.giveCredentials('qingcheng/freezer', 'qingcheng/hall');
    await using gateway = await place.open();
    using freezer = await Device.connect(gateway.mqtt, 'qingcheng/freezer', password);
    const devices = async () => {
      const answer = await gateway.asks<{ devices: { id: string }[] }>('/api/v1/devices');
      return answer.devices.map(({ id }) => id);
    };
    const complaint = async () =>
      (await gateway.alarms()).find(({ rule }) => rule === 'config-reload-failed');

    writeFileSync(place.config, school(phone, FREEZER, HALL));
    await until('the new device', async () => (await devices()).includes('hall'));
    using hall = await Device.connect(gateway.mqtt, 'qingcheng/hall', password);
    await hall.reports({ smoke: true });
    expect(await phone.rings('hall')).toMatchObject({ rule: 'smoke', person: { id: 'wang' } });

    writeFileSync(place.config, school(phone, UNKNOWN));
    const raised = await until('the alarm about the edit', complaint);
    expect(raised.title.zh).toMatch(/campus\.yaml:6: devices\[0\]\.profile/);
    expect(raised.cleared).toBeUndefined();
    // the duty phone is told, and everything goes on as before
    await phone.rings('gateway');
    expect(await devices()).toEqual(['freezer', 'hall']);
    await freezer.reports({ temperature: -20.4 });
    expect(await gateway.latest('qingcheng/freezer')).toEqual({ temperature: -20.4 });

    writeFileSync(place.config, school(phone, FREEZER));
    await until('the end of that alarm', async () => (await complaint())?.cleared !== undefined);
    expect(await devices()).toEqual(['freezer']);
    // a device that is gone is no longer let in, not even on the connection it has
    await expect(hall.reports({ smoke: false })).rejects.toThrow();
    await freezer.reports({ temperature: -20.5 });
  });
});
