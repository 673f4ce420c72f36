import { Type } from 'typebox';
import { about, allows, EnvironmentName, Url } from '../../validation.ts';

// What several kinds of channel have in campus.yaml.

export const closed = { additionalProperties: false };

export const Variable = (name: string, en: string, zh: string) =>
  EnvironmentName({ default: name, ...about(`Holds ${en}`, `保存${zh}的环境变量`) });

export const OptionalVariable = (en: string, zh: string) =>
  Type.Optional(EnvironmentName(about(`Holds ${en}`, `保存${zh}的环境变量`)));

export const Account = (en: string, zh: string) =>
  Type.String({ minLength: 1, maxLength: 100, ...allows('a text', '文字'), ...about(en, zh) });

const Count = (en: string, zh: string) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, ...about(en, zh) }));

export const common = {
  language: Type.Enum(['zh', 'en', 'both'], {
    default: 'zh',
    ...about('both: English below the Chinese', 'both 为中文后附英文'),
  }),
  url: Type.Optional(
    Url(about('Instead of the vendor’s address: own server or proxy', '自建服务或代理的地址')),
  ),
  quota: Type.Optional(
    Type.Object(
      {
        perMinute: Count('Messages a minute', '每分钟条数'),
        perHour: Count('Messages an hour', '每小时条数'),
        perDay: Count('Messages a day', '每天条数'),
      },
      {
        ...closed,
        ...about(
          'Of your account, if not the usual one; the gateway stays below it',
          '账号的实际限额（与默认不同时填写），网关始终低于它',
        ),
      },
    ),
  ),
};
