import { Type } from 'typebox';
import { about, Name } from '../../validation.ts';
import { closed, common, OptionalVariable, Variable } from './schema-parts.ts';

const Keyword = Type.Optional(
  Name(about('Of a robot secured by a keyword', '机器人安全设置中的关键词')),
);

const AtAll = Type.Boolean({
  default: true,
  ...about('A fire mentions everybody in the group', '火警时 @ 所有人'),
});

export const Dingtalk = Type.Object(
  {
    kind: Type.Literal('dingtalk'),
    tokenEnv: Variable('DINGTALK_TOKEN', 'the access_token', ' access_token '),
    secretEnv: OptionalVariable('the secret of a signed robot (SEC…)', '加签密钥（SEC…）'),
    keyword: Keyword,
    atAll: AtAll,
    ...common,
  },
  { ...closed, ...about('A robot in a DingTalk group', '钉钉群机器人') },
);

export const Wecom = Type.Object(
  {
    kind: Type.Literal('wecom'),
    keyEnv: Variable('WECOM_KEY', 'the key of its address', ' Webhook 地址中的 key '),
    atAll: AtAll,
    ...common,
  },
  { ...closed, ...about('A robot in a WeCom group', '企业微信群机器人') },
);

export const Feishu = Type.Object(
  {
    kind: Type.Literal('feishu'),
    hookEnv: Variable('FEISHU_HOOK', 'the last part of its address', ' Webhook 地址的最后一段'),
    secretEnv: OptionalVariable('the secret of a signed robot', '签名校验密钥'),
    keyword: Keyword,
    atAll: AtAll,
    ...common,
  },
  { ...closed, ...about('A robot in a Feishu group', '飞书群机器人') },
);
