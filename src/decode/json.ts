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
  return {
    filters: ({ campuses }) => [...campuses.keys()].map((campus) => `campus/${campus}/+/up`),
    decode(topic, payload) {
      if (!topic.startsWith('campus/')) return undefined;
      const match = TOPIC.exec(topic);
      if (!match) return refused('TOPIC_UNKNOWN', { topic: topic.slice(0, 200) });
      const key = `${match[1]}/${match[2]}`;
      const device = devices.get(key);
      if (!device) return refused('DEVICE_UNKNOWN', { device: key });
      if (device.profile.format.kind !== 'json') {
        return refused('TOPIC_UNKNOWN', { topic: topic.slice(0, 200) });
      }
      const parsed = parseJson(payload);
      if (!('value' in parsed)) return parsed;
      const points = readPoints(parsed.value);
      return Array.isArray(points) ? { kind: 'points', device, points } : points;
    },
  };
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
