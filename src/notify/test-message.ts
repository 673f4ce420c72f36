import type { Campus, Configuration, Person } from '../campus/model.ts';
import type { Millis } from '../clock.ts';
import { CodedError } from '../errors.ts';
import type { Channel, Message, Outcome } from './channel.ts';
import { localTime } from './compose.ts';

const ANSWER_TIMEOUT: Millis = 10_000;

/** Whom to send a test. */
export interface TestRequest {
  /** Only needed where several campuses have a person of this id. */
  campus?: string | undefined;
  /** An id in campus.yaml. */
  person: string;
  /** Else by every channel. */
  channel?: string | undefined;
}

export interface TestResult {
  channel: string;
  outcome: Outcome;
}

/**
 * Sends a message that every channel marks as 【测试】, and says how each channel ended. No alarm is
 * made and nothing is kept owed. Throws PERSON_UNKNOWN or CHANNEL_UNKNOWN.
 */
export async function sendTest(
  request: TestRequest,
  configuration: Configuration,
  channelsOf: (campus: string) => Iterable<Channel>,
  now: Millis,
): Promise<TestResult[]> {
  const { campus, person } = findPerson(request, configuration);
  const channels = [...channelsOf(campus.id)];
  const { channel: only } = request;
  const chosen = channels.filter(({ name }) => only === undefined || name === only);
  if (only !== undefined && chosen.length === 0) {
    const known = channels.map(({ name }) => name).join(', ') || '–';
    throw new CodedError('CHANNEL_UNKNOWN', { channel: only, known });
  }
  const message = testMessage(campus, person, now);
  return Promise.all(
    chosen.map(async (channel) => ({
      channel: channel.name,
      outcome: await channel.send(message, person, AbortSignal.timeout(ANSWER_TIMEOUT)),
    })),
  );
}

function findPerson(
  { campus: within, person: id }: TestRequest,
  { campuses }: Configuration,
): { campus: Campus; person: Person } {
  const found = [...campuses.values()].flatMap((campus) =>
    within === undefined || campus.id === within
      ? campus.people.filter((one) => one.id === id).map((person) => ({ campus, person }))
      : [],
  );
  const [first, second] = found;
  if (!first || second) throw new CodedError('PERSON_UNKNOWN', { person: id });
  return first;
}

function testMessage({ id, name, timezone }: Campus, person: Person, now: Millis): Message {
  const time = localTime(now, timezone);
  return {
    id: `test-${now}`,
    alarm: '0',
    event: 'raised',
    severity: 'minor',
    campus: { id, name },
    device: { id: 'gateway', name: '网关 gateway' },
    zone: name,
    rule: 'test',
    title: { zh: '通知测试', en: 'Test of notifications' },
    text: { zh: `测试消息，${time} 发出。`, en: `A test, sent ${time}.` },
    action: { zh: '无需处理', en: 'Nothing' },
    value: null,
    limit: null,
    unit: '',
    since: new Date(now).toISOString(),
    person: { id: person.id, name: person.name },
    acknowledgeUrl: null,
    timezone,
    test: true,
  };
}
