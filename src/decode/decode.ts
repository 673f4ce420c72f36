import type { Configuration } from '../campus/model.ts';
import { type Adapter, type Decoded, refused } from './adapter.ts';
import { jsonAdapter } from './json.ts';
import { zigbee2mqttAdapter } from './zigbee2mqtt.ts';

const ADAPTERS = [jsonAdapter, zigbee2mqttAdapter];

export interface Decoder {
  decode(topic: string, payload: Buffer): Decoded;
  /** The topic filters that cover all adapters. */
  filters: readonly string[];
}

/** Joins the adapters for a configuration; each topic is decoded by the first that knows it. */
export function createDecoder(configuration: Configuration): Decoder {
  const adapters: Adapter[] = ADAPTERS.map((create) => create(configuration));
  const { maxPayload } = configuration.machine.transport;
  return {
    filters: adapters.flatMap((adapter) => adapter.filters(configuration)),
    decode(topic, payload) {
      if (payload.length > maxPayload) {
        return refused('PAYLOAD_TOO_LARGE', { bytes: payload.length, limit: maxPayload });
      }
      for (const adapter of adapters) {
        const decoded = adapter.decode(topic, payload);
        if (decoded) return decoded;
      }
      return refused('TOPIC_UNKNOWN', { topic: topic.slice(0, 200) });
    },
  };
}
