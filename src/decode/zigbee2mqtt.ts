import type { Configuration, Device } from '../campus/model.ts';
import type { Format } from '../campus/profile.ts';
import { type Adapter, type Decoded, refused } from './adapter.ts';
import { isRecord, parseJson } from './payload.ts';

type Fields = Extract<Format, { kind: 'zigbee2mqtt' }>['fields'];

/** By address. */
type Devices = Map<string, { device: Device; fields: Fields }>;

/**
 * Zigbee2MQTT (https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html):
 * `<base>/<address>` with the device's state, `<base>/<address>/availability`, and the bridge's
 * own topics below `<base>/bridge`.
 */
export function zigbee2mqttAdapter(configuration: Configuration): Adapter {
  const bases = new Map<string, Devices>();
  const bridges = new Map<string, { campus: string; bridge: string }>();
  for (const campus of configuration.campuses.values()) {
    for (const { id, topic } of campus.bridges) {
      bases.set(topic, new Map());
      bridges.set(`${topic}/bridge/state`, { campus: campus.id, bridge: id });
    }
  }
  for (const device of configuration.devices.values()) {
    const { format } = device.profile;
    if (format.kind !== 'zigbee2mqtt') continue;
    const bridge = device.campus.bridges.find(({ id }) => id === device.bridge);
    if (bridge) bases.get(bridge.topic)?.set(device.address, { device, fields: format.fields });
  }

  return {
    filters: () => [...bases.keys()].map((base) => `${base}/#`),
    decode(topic, payload) {
      const bridge = bridges.get(topic);
      if (bridge) return decodeBridge(bridge, payload);
      for (const [base, devices] of bases) {
        if (!topic.startsWith(`${base}/`)) continue;
        return decodeBelow(topic.slice(base.length + 1), payload, devices);
      }
      return undefined;
    },
  };
}

function decodeBelow(rest: string, payload: Buffer, devices: Devices): Decoded {
  if (rest.startsWith('bridge/')) return { kind: 'ignored' };
  const isAvailability = rest.endsWith('/availability');
  const address = isAvailability ? rest.slice(0, -'/availability'.length) : rest;
  // commands to devices and a friendly name's sub-topics (…/set, …/get) are not states
  if (/\/(set|get)(\/|$)/.test(address)) return { kind: 'ignored' };
  const known = devices.get(address);
  if (!known) return refused('DEVICE_UNKNOWN', { device: address.slice(0, 200) });
  return isAvailability
    ? decodeAvailability(known.device, payload)
    : decodeState(known.device, payload, known.fields);
}

/**
 * A bridge's own state, retained; its broker publishes `offline` as the bridge's last will.
 */
function decodeBridge(bridge: { campus: string; bridge: string }, payload: Buffer): Decoded {
  const online = readState(payload);
  if (online === undefined) return refused('PAYLOAD_SHAPE', { expected: STATE });
  return { kind: 'bridge', ...bridge, online };
}

function decodeAvailability(device: Device, payload: Buffer): Decoded {
  if (!device.profile.metrics.online) return { kind: 'ignored' };
  const online = readState(payload);
  if (online === undefined) return refused('PAYLOAD_SHAPE', { expected: STATE });
  return { kind: 'points', device, points: [{ time: undefined, values: [['online', online]] }] };
}

const STATE = '{"state":"online"|"offline"}';

/** `{"state":"online"}`; plain text in Zigbee2MQTT 1.x. undefined: neither. */
function readState(payload: Buffer): boolean | undefined {
  const text = payload.toString('utf8', 0, 200);
  const state = /^\s*(?:"?(online|offline)"?|\{\s*"state"\s*:\s*"(online|offline)"\s*\})\s*$/.exec(
    text,
  );
  return state ? (state[1] ?? state[2]) === 'online' : undefined;
}

function decodeState(device: Device, payload: Buffer, fields: Fields): Decoded {
  const parsed = parseJson(payload);
  if (!('value' in parsed)) return parsed;
  const state = parsed.value;
  if (!isRecord(state)) return refused('PAYLOAD_SHAPE', { expected: '{"<field>": <value>}' });
  const values: [string, unknown][] = [];
  let fits = false;
  for (const [name, field] of Object.entries(fields)) {
    if (!Object.hasOwn(state, name)) continue;
    fits = true;
    const value = state[name];
    // known to the device's model, not measured yet
    if (value === null) continue;
    if (field.on !== undefined) values.push([field.metric, value === field.on]);
    else values.push([field.metric, typeof value === 'number' ? value * field.scale : value]);
  }
  if (values.length > 0) {
    return { kind: 'points', device, points: [{ time: state.last_seen, values }] };
  }
  const found = Object.keys(state);
  if (fits || found.every((name) => COMMON.has(name))) return { kind: 'ignored' };
  return refused('FIELDS_UNKNOWN', {
    profile: device.profile.id,
    expected: Object.keys(fields).join(', '),
    found: found.slice(0, 20).join(', ').slice(0, 200),
  });
}

/** What a state of any model may hold alone: Zigbee2MQTT adds it, or it is of the battery. */
const COMMON: ReadonlySet<string> = new Set([
  ...['linkquality', 'last_seen', 'elapsed', 'update', 'update_available', 'device'],
  ...['battery', 'battery_low', 'voltage'],
]);
