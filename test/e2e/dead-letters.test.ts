import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Device } from './support/device.ts';
import { School } from './support/school.ts';

const school = (...devices: string[]) => `
campus: {id: qingcheng, name: 青城小学}
bridges: [{id: zigbee, kind: zigbee2mqtt, topic: zigbee2mqtt}]
devices:
  - {id: hall, profile: zigbee2mqtt/temperature, bridge: zigbee}
${devices.map((device) => `  - ${device}\n`).join('')}`;

const NEW = '{id: library, profile: zigbee2mqtt/temperature, bridge: zigbee}';
const NEWER = '{id: archive, profile: zigbee2mqtt/temperature, bridge: zigbee}';

interface Letter {
  topic: string;
  reason: string;
}

describe('dead letters', { timeout: 120_000 }, () => {
  test('are listed, and taken once their device is known', async () => {
    using place = new School(school());
    const list = async () => {
      const { stdout } = await place.command('dead-letters', 'list', '--json');
      return stdout
        .trim()
        .split('\n')
        .map((line): Letter => JSON.parse(line))
        .map(({ topic, reason }) => `${topic} ${reason}`);
    };
    const replay = async (...words: string[]) =>
      JSON.parse((await place.command('dead-letters', 'replay', ...words, '--json')).stdout);
    const password = await place.giveCredentials('qingcheng/zigbee');
    const letters = [
      'zigbee2mqtt/library DEVICE_UNKNOWN',
      'zigbee2mqtt/archive DEVICE_UNKNOWN',
      'zigbee2mqtt/hall PAYLOAD_NOT_JSON',
    ];
    {
      await using gateway = await place.open();
      using bridge = await Device.connect(gateway.mqtt, 'qingcheng/zigbee', password);
      // each is acknowledged: the bridge must not be stuck with it
      await bridge.publish('zigbee2mqtt/library', { temperature: 21.5 });
      await bridge.publish('zigbee2mqtt/archive', { temperature: 18.5 });
      await bridge.publish('zigbee2mqtt/hall', 'warm, I think');
      expect(await list(), 'through the running gateway').toEqual(letters);
      expect(await replay()).toEqual({ replayed: 0, refused: 3 });
      await gateway.stops();
    }

    writeFileSync(place.config, school(NEW));
    expect(await list(), 'without a gateway').toEqual(letters);
    expect(await replay('--reason', 'DEVICE_UNKNOWN')).toEqual({ replayed: 1, refused: 1 });

    writeFileSync(place.config, school(NEW, NEWER));
    await using gateway = await place.open();
    expect(await gateway.latest('qingcheng/library')).toEqual({ temperature: 21.5 });
    expect(await replay('2'), 'by its number').toEqual({ replayed: 1, refused: 0 });
    expect(await gateway.latest('qingcheng/archive')).toEqual({ temperature: 18.5 });
    expect(await list()).toEqual(['zigbee2mqtt/hall PAYLOAD_NOT_JSON']);
  });
});
