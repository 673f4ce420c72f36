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

const DingtalkReplies = Type.Optional(
  Type.Object(
    {
      clientIdEnv: Variable('DINGTALK_CLIENT_ID', 'the Client ID', ' Client ID（AppKey）'),
      clientSecretEnv: Variable(
        'DINGTALK_CLIENT_SECRET',
        'the Client Secret',
        ' Client Secret（AppSecret）',
      ),
      url: common.url,
    },
    {
      ...closed,
      ...about(
        'Replies to the robot of an app in Stream mode acknowledge',
        '回复企业应用机器人（Stream 模式）即可确认报警',
      ),
    },
  ),
);

const FeishuReplies = Type.Optional(
  Type.Object(
    {
      appIdEnv: Variable('FEISHU_APP_ID', 'the App ID', ' App ID '),
      appSecretEnv: Variable('FEISHU_APP_SECRET', 'the App Secret', ' App Secret '),
    },
    {
      ...closed,
      ...about(
        'Replies to the robot of an app with a long connection acknowledge',
        '回复自建应用机器人（长连接）即可确认报警',
      ),
    },
  ),
);

export const Dingtalk = Type.Object(
  {
    kind: Type.Literal('dingtalk'),
    tokenEnv: Variable('DINGTALK_TOKEN', 'the access_token', ' access_token '),
    secretEnv: OptionalVariable('the secret of a signed robot (SEC…)', '加签密钥（SEC…）'),
    keyword: Keyword,
    atAll: AtAll,
    replies: DingtalkReplies,
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
    replies: FeishuReplies,
    ...common,
  },
  { ...closed, ...about('A robot in a Feishu group', '飞书群机器人') },
);
