import { type Static, Type } from 'typebox';
import { about } from '../../validation.ts';
import { AliyunSms, AliyunVoice, TencentSms } from './schema-phone.ts';
import { Bark, Email, Ntfy, Serverchan, Webhook } from './schema-push.ts';
import { Dingtalk, Feishu, Wecom } from './schema-robots.ts';

/** A channel as campus.yaml describes it, by kind. */
export const ChannelSchemas = [
  Dingtalk,
  Wecom,
  Feishu,
  AliyunSms,
  AliyunVoice,
  TencentSms,
  Ntfy,
  Bark,
  Serverchan,
  Email,
  Webhook,
] as const;

export const ChannelConfig = Type.Union([...ChannelSchemas], {
  // never used as such: without it, TypeBox fills in no defaults within a record
  default: {},
});
export type ChannelConfig = Static<typeof ChannelConfig>;

/** `notify.channels` of campus.yaml. */
export const Channels = Type.Record(Type.String(), ChannelConfig, {
  default: {},
  ...about('Ways to reach people, by a name of your own', '通知渠道，名称自定'),
});
export type Channels = Static<typeof Channels>;
