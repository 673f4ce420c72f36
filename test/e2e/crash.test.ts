import { describe, expect, test } from 'vitest';
import {
  alarmEvents,
  count,
  type Death,
  damage,
  examine,
  expectedEvents,
  needlessRepeats,
  readings,
  reported,
  sent,
} from './crash/evidence.ts';
import { killSometime, seeded } from './crash/moments.ts';
import { Publisher } from './crash/publisher.ts';
import { Phone } from './support/phone.ts';
import { type Gateway, School } from './support/school.ts';
import { until } from './support/until.ts';

const ROUNDS = Number(process.env.CRASH_ROUNDS ?? 20);
const SEED = Number(process.env.CRASH_SEED ?? Math.floor(Math.random() * 1e9));
const random = seeded(SEED);

/** Freezers that report much, and detectors whose smoke comes and goes. */
const createPublishers = (): Publisher[] =>
  Array.from({ length: 8 }, (_, i) =>
    i < 4
      ? new Publisher(`freezer-${i}`, 'temperature', 5, (n) => -20 - (n % 1000) / 1000)
      : new Publisher(`hall-${i}`, 'smoke', 2, (n) => n % 40 >= 20),
  );

const schoolYaml = (phone: Phone, publishers: readonly Publisher[]) => `
campus: {id: qingcheng, name: 青城小学}
people: [{id: wang, name: 王秀英}]
notify: {webhook: {url: "${phone.url}"}}
# a room each: two signs of fire in one would be an alarm of their own
zones: [${publishers.map(({ device }) => `{id: ${device}-room, name: ${device}}`).join()}]
devices:
${publishers
  .map(({ device, metric }) => [device, metric === 'smoke' ? 'smoke-detector' : 'freezer'])
  .map(
    ([device, profile]) => `  - {id: ${device}, zone: ${device}-room, profile: generic/${profile}}`,
  )
  .join('\n')}
`;

describe('a gateway that is killed again and again', () => {
  const timeout = 60_000 + ROUNDS * 15_000;
  test(`keeps its promise over ${ROUNDS} rounds, seed ${SEED}`, { timeout }, async () => {
    await using phone = await Phone.open();
    const publishers = createPublishers();
    using school = new School(schoolYaml(phone, publishers));
    const users = publishers.map(({ device }) => `qingcheng/${device}`);
    const password = await school.giveCredentials(...users);
    let acknowledged = 0;
    for (const publisher of publishers) {
      publisher.onAcknowledged = () => {
        acknowledged += 1;
      };
    }
    const connectTo = (gateway: Gateway) => {
      const connect = () => {
        for (const publisher of publishers) publisher.connect(gateway.mqtt, password);
      };
      // it may be killed before it runs
      gateway.runs().then(connect, () => undefined);
    };

    const deaths: Death[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      await using gateway = school.opening();
      connectTo(gateway);
      const scene = { gateway, phone, acknowledged: () => acknowledged };
      const when = await killSometime(random, scene);
      const time = Date.now();
      for (const publisher of publishers) publisher.disconnect();
      examine(school.database, (database) => {
        expect(damage(database), `round ${round}, killed ${when}`).toEqual([]);
        deaths.push({ time, sent: new Set(sent(database)) });
      });
    }

    // the last one is left to finish what is owed to everybody
    await using gateway = await school.open();
    connectTo(gateway);
    await Promise.all(publishers.map((publisher) => publisher.finish()));
    await until('every message', async () => (await pending(gateway)) === 0);
    expect((await gateway.stops()).code).toBe(0);

    examine(school.database, (database) => {
      expect(damage(database)).toEqual([]);
      expect(count(database, 'dead_letter')).toBe(0);
      for (const publisher of publishers) {
        expect(readings(database, publisher), publisher.device).toEqual(reported(publisher));
        if (publisher.metric !== 'smoke') continue;
        expect(alarmEvents(database, publisher), publisher.device).toEqual(
          expectedEvents(publisher),
        );
      }
      // one message for each beginning and each end, and each of them is at the phone
      const byDetector = publishers.filter(({ metric }) => metric === 'smoke').map(expectedEvents);
      const events = byDetector.flat().length;
      expect(events).toBeGreaterThan(0);
      // the third smoke of a week says once that a detector is dirty: what a rule remembers outlives a death
      const isRaised = (event: string) => event.endsWith('raised');
      const dirty = byDetector.filter((one) => one.filter(isRaised).length >= 3).length;
      expect(count(database, 'notification')).toBe(events + dirty);
      const arrived = new Set(phone.arrivals.map(({ id }) => id));
      expect(sent(database).filter((id) => arrived.has(id))).toHaveLength(events + dirty);
    });
    expect(needlessRepeats(phone.arrivals, deaths)).toEqual([]);
  });
});

/** How many notifications are owed. */
async function pending(gateway: Gateway): Promise<number> {
  const { parts } = await gateway.asks<{
    parts: { notifier: { figures: { pending: number } } };
  }>('/health');
  return parts.notifier.figures.pending;
}
