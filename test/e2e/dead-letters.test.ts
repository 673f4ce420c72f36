import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Database } from '../../src/storage/database.ts';
import { outcome } from './support/codes.ts';
import { Device } from './support/device.ts';
import type { Ended } from './support/process.ts';
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

  test('more than a page of them are listed, with a gateway and without, in the same words', async () => {
    using place = new School(school());
    const database = new Database(place.database);
    const add = database.prepare('INSERT INTO dead_letter VALUES (?, ?, ?, ?, ?, ?, 0)');
    const received = Date.now();
    const binary = Buffer.from([0xff, 0xfe]);
    database.transaction(() => {
      for (let id = 1; id <= 2_500; id++)
        add.run(id, received, 'nobody', binary, 'TOPIC_UNKNOWN', 'nobody');
    });
    database.close();
    const list = (...words: string[]) => place.command('dead-letters', 'list', ...words);
    const listed = ['1', '100', '101', '1001', '2000', '2001', '2500'];
    const numbers = ({ stdout }: Ended) =>
      listed.filter((number) => new RegExp(`^${number}  `, 'm').test(stdout));

    const lists = async () => {
      const first = await list();
      expect(numbers(first)).toEqual(['1', '100']);
      expect(first.stderr).toMatch(/listed: 100；.*kept: 2500 .*--limit/);
      const most = await list('--limit', '2000', '--reason', 'TOPIC_UNKNOWN');
      expect(numbers(most)).toEqual(['1', '100', '101', '1001', '2000']);
      const all = await list('--limit', '10000');
      expect(numbers(all)).toEqual(listed);
      expect(all.stderr).toMatch(/listed: 2500；.*kept: 2500 /);
      expect(all.stderr).not.toContain('--limit');
      const { stdout, stderr } = await list('--limit', '1', '--json');
      expect(stderr, 'a program learns that there are more').toContain('kept: 2500');
      expect(JSON.parse(stdout)).toMatchObject({ payload: '//4=', encoding: 'base64', bytes: 2 });
      return stdout;
    };
    const without = await lists();
    await using _gateway = await place.open();
    expect(await lists()).toBe(without);
  });

  test('one that there is not is an error, with a gateway and without', async () => {
    using place = new School(school());
    const replay = async () => outcome(await place.command('dead-letters', 'replay', '99'));
    const unknown = { code: 1, codes: ['DEAD_LETTER_UNKNOWN'] };
    {
      await using gateway = await place.open();
      expect(await replay()).toEqual(unknown);
      await gateway.stops();
    }
    expect(await replay(), 'without a gateway').toEqual(unknown);
  });
});
