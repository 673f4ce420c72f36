import type { Configuration } from '../campus/model.ts';
import { type Adapter, type Decoded, type Point, refused } from './adapter.ts';
import { isRecord, parseJson } from './payload.ts';

/** One message may carry this many moments, and each of them this many values. */
const MAX_POINTS = 1000;
const MAX_VALUES = 200;

const TOPIC = /^campus\/([^/]{1,64})\/([^/]{1,64})\/up$/;
const SHAPE = '{"time": "<ISO 8601>", "values": {"<metric>": <value>}}, or a list of them';

/** Our own format: `campus/<campus>/<device>/up`. */
export function jsonAdapter(configuration: Configuration): Adapter {
  const { devices } = configuration;
  // nearly every message comes by one of these: no need to take its topic apart
  const byTopic = new Map(
    [...devices.values()]
      .filter(({ profile }) => profile.format.kind === 'json')
      .map((device) => [`campus/${device.key}/up`, device]),
  );
  return {
    filters: ({ campuses }) => [...campuses.keys()].map((campus) => `campus/${campus}/+/up`),
    decode(topic, payload) {
      if (!topic.startsWith('campus/')) return undefined;
      const device = byTopic.get(topic);
      if (!device) return stranger(topic, configuration);
      const parsed = parseJson(payload);
      if (!('value' in parsed)) return parsed;
      const points = readPoints(parsed.value);
      return Array.isArray(points) ? { kind: 'points', device, points } : points;
    },
  };
}

/** Why a topic is none of a configured device. */
function stranger(topic: string, { devices }: Configuration): Decoded {
  const [, campus, device] = TOPIC.exec(topic) ?? [];
  const key = `${campus}/${device}`;
  if (campus === undefined || devices.has(key)) {
    return refused('TOPIC_UNKNOWN', { topic: topic.slice(0, 200) });
  }
  return refused('DEVICE_UNKNOWN', { device: key });
}

function readPoints(value: unknown): Point[] | Decoded {
  const list = Array.isArray(value) ? value : [value];
  if (list.length === 0 || list.length > MAX_POINTS) {
    return refused('PAYLOAD_SHAPE', { expected: `1–${MAX_POINTS} × ${SHAPE}` });
  }
  const points: Point[] = [];
  for (const item of list) {
    if (!isRecord(item) || !isRecord(item.values))
      return refused('PAYLOAD_SHAPE', { expected: SHAPE });
    const values = Object.entries(item.values);
    if (values.length === 0 || values.length > MAX_VALUES) {
      return refused('PAYLOAD_SHAPE', { expected: `1–${MAX_VALUES} values: ${SHAPE}` });
    }
    points.push({ time: item.time, values });
  }
  return points;
}
