import { Type } from 'typebox';
import { about, allows, EnvironmentName, secret, Url } from '../../validation.ts';
import { Account, closed, common, OptionalVariable, Variable } from './schema-parts.ts';

const VariableByPerson = (en: string, zh: string) =>
  Type.Record(Type.String(), EnvironmentName(), {
    default: {},
    ...about(`By person: the variable that holds ${en}`, `按人员 id：保存${zh}的环境变量`),
  });

const Topic = (options = {}) =>
  Type.String({
    pattern: '^[-_A-Za-z0-9]{1,64}$',
    ...allows('a topic of letters, digits, - and _', '由字母、数字、- 和 _ 组成的主题'),
    // on a public server whoever knows it reads along
    ...secret,
    ...options,
  });

export const Ntfy = Type.Object(
  {
    kind: Type.Literal('ntfy'),
    topic: Type.Optional(Topic(about('For everybody without one below', '未单独设置者共用'))),
    topics: Type.Record(Type.String(), Topic(), {
      default: {},
      ...about('By person', '按人员 id'),
    }),
    tokenEnv: OptionalVariable('the access token', '访问令牌'),
    user: Type.Optional(Account('Instead of a token', '不用令牌时的用户名')),
    passwordEnv: OptionalVariable('the password of the user', '该用户的密码'),
    replies: Type.Boolean({
      default: false,
      ...about(
        'A button acknowledges through <topic>-ack, to which everybody may write',
        '消息按钮经 <主题>-ack 确认报警；该主题须允许匿名写入',
      ),
    }),
    ...common,
  },
  { ...closed, ...about('ntfy, public or your own', 'ntfy，公共或自建') },
);

export const Bark = Type.Object(
  {
    kind: Type.Literal('bark'),
    keyEnv: OptionalVariable('the device key', '设备 key'),
    personKeyEnv: VariableByPerson('the device key', '设备 key'),
    ...common,
  },
  { ...closed, ...about('Bark on iPhones', 'Bark（iPhone）') },
);

export const Serverchan = Type.Object(
  {
    kind: Type.Literal('serverchan'),
    keyEnv: OptionalVariable('the SendKey', ' SendKey '),
    personKeyEnv: VariableByPerson('the SendKey', ' SendKey '),
    ...common,
  },
  { ...closed, ...about('Server酱: 5 a day, a backup only', 'Server酱：每天 5 条，仅作后备') },
);

export const Email = Type.Object(
  {
    kind: Type.Literal('email'),
    host: Account('The SMTP server', 'SMTP 服务器'),
    port: Type.Integer({ minimum: 1, maximum: 65_535, default: 465 }),
    security: Type.Enum(['tls', 'starttls', 'none'], {
      default: 'tls',
      ...about(
        'tls: from the start (465); starttls: required (587); none: within the building only',
        'tls 直接加密（465）；starttls 强制升级（587）；none 仅限内网',
      ),
    }),
    from: Account('The sender’s address', '发件地址'),
    user: Type.Optional(Account('Without one, nobody logs in', '登录用户名，缺省不登录')),
    passwordEnv: OptionalVariable('the password or 授权码', '密码或授权码'),
    language: common.language,
    quota: common.quota,
  },
  { ...closed, ...about('E-mail by SMTP', '电子邮件（SMTP）') },
);

export const Webhook = Type.Object(
  {
    kind: Type.Literal('webhook'),
    url: Url(about('Receives each message as a signed POST', '以签名 POST 接收每条消息')),
    secretEnv: Variable('CAMPUS_WEBHOOK_SECRET', 'the signing secret', '签名密钥'),
    quota: common.quota,
  },
  { ...closed, ...about('A program of your own', '自有程序') },
);
