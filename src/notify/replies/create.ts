import type { Campus, Configuration } from '../../campus/model.ts';
import { parseDuration } from '../../duration.ts';
import { type ChannelParts, secretsOf } from '../channels/create.ts';
import { authorize } from '../channels/ntfy.ts';
import { type AcceptParts, createAcceptor, type Place } from './accept.ts';
import { dingtalkReplies } from './dingtalk.ts';
import { feishuReplies } from './feishu.ts';
import { ntfyReplies } from './ntfy.ts';
import type { OnAcknowledge, Replies } from './reply.ts';

export interface RepliesParts
  extends Pick<ChannelParts, 'clock' | 'env'>,
    Omit<AcceptParts, 'campus' | 'now'> {
  campus: AcceptParts['campus'];
}

/** A connection to build: channels of one app share it, for the vendor gives each reply to one. */
interface Wanted {
  places: Place[];
  build(name: string, onAcknowledge: OnAcknowledge): Replies;
}

/** Every connection that the configuration asks for, not started. Throws SECRET_MISSING. */
export function createReplies({ campuses }: Configuration, parts: RepliesParts): Replies[] {
  const wanted = new Map<string, Wanted>();
  for (const campus of campuses.values()) {
    for (const channel of Object.keys(campus.notify.channels)) {
      const one = connectionOf(campus, channel, parts);
      if (!one) continue;
      const place = { campus: campus.id, channel };
      const shared = wanted.get(one.key);
      if (shared) shared.places.push(place);
      else wanted.set(one.key, { places: [place], build: one.build });
    }
  }
  const accept = { ...parts, now: () => parts.clock.now() };
  return [...wanted.values()].map(({ places, build }) => {
    const [first] = places;
    return build(`${first?.campus}/${first?.channel}`, createAcceptor(accept, places));
  });
}

function connectionOf(
  campus: Campus,
  channel: string,
  { clock, log, env }: RepliesParts,
): { key: string; build: Wanted['build'] } | undefined {
  const config = campus.notify.channels[channel];
  const secret = secretsOf(env, `notify.channels.${channel}`);
  if (config?.kind === 'dingtalk' && config.replies) {
    const clientId = secret.of(config.replies.clientIdEnv);
    const clientSecret = secret.of(config.replies.clientSecretEnv);
    const at = { apiUrl: config.replies.url, robotUrl: config.url };
    return {
      key: `dingtalk ${clientId}`,
      build: (name, onAcknowledge) =>
        dingtalkReplies({ name, clock, log, clientId, clientSecret, ...at, onAcknowledge }),
    };
  }
  if (config?.kind === 'feishu' && config.replies) {
    const appId = secret.of(config.replies.appIdEnv);
    const appSecret = secret.of(config.replies.appSecretEnv);
    const baseUrl = config.url;
    return {
      key: `feishu ${appId}`,
      build: (name, onAcknowledge) =>
        feishuReplies({ name, clock, log, appId, appSecret, baseUrl, onAcknowledge }),
    };
  }
  if (config?.kind === 'ntfy' && config.replies) {
    const { topic, topics, url: baseUrl, user } = config;
    const token = secret.maybe(config.tokenEnv);
    const authorization = authorize(token, user, secret.maybe(config.passwordEnv));
    const all = [...new Set([...(topic === undefined ? [] : [topic]), ...Object.values(topics)])];
    const lifetime = parseDuration(campus.notify.linkLifetime);
    const options = { clock, log, topics: all, authorization, baseUrl, lifetime };
    return {
      key: `ntfy ${campus.id}/${channel}`,
      build: (name, onAcknowledge) => ntfyReplies({ ...options, name, onAcknowledge }),
    };
  }
  return undefined;
}
