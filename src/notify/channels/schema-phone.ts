import { Type } from 'typebox';
import { about } from '../../validation.ts';
import { Account, closed, common, Variable } from './schema-parts.ts';

const VariableLength = (fallback: number) =>
  Type.Integer({
    minimum: 6,
    maximum: 35,
    default: fallback,
    ...about('Characters in one variable of the template', '模板单个变量的字数上限'),
  });

const aliyun = {
  accessKeyIdEnv: Variable('ALIYUN_ACCESS_KEY_ID', 'the AccessKey ID', ' AccessKey ID '),
  accessKeySecretEnv: Variable(
    'ALIYUN_ACCESS_KEY_SECRET',
    'the AccessKey secret',
    ' AccessKey Secret ',
  ),
};

export const AliyunSms = Type.Object(
  {
    kind: Type.Literal('aliyun-sms'),
    ...aliyun,
    signName: Account('The approved signature', '已审核的短信签名'),
    templateCode: Account(
      'An approved template with the variables place, item, value and time',
      '已审核的模板，变量为 place、item、value、time',
    ),
    clearedTemplateCode: Type.Optional(
      Account('For messages that it is over', '恢复通知的模板，缺省同上'),
    ),
    variableLength: VariableLength(20),
    ...common,
  },
  { ...closed, ...about('SMS by Aliyun', '阿里云短信') },
);

export const AliyunVoice = Type.Object(
  {
    kind: Type.Literal('aliyun-voice'),
    ...aliyun,
    ttsCode: Account(
      'An approved template with the variables place, item, value and time',
      '已审核的语音模板，变量为 place、item、value、time',
    ),
    calledShowNumber: Type.Optional(Account('The number that is shown', '专属模式的外显号码')),
    playTimes: Type.Integer({
      minimum: 1,
      maximum: 3,
      default: 2,
      ...about('How often it is read out', '播报次数'),
    }),
    variableLength: VariableLength(35),
    ...common,
  },
  { ...closed, ...about('A call by Aliyun, for critical alarms only', '阿里云语音，仅紧急报警') },
);

export const TencentSms = Type.Object(
  {
    kind: Type.Literal('tencent-sms'),
    secretIdEnv: Variable('TENCENT_SECRET_ID', 'the SecretId', ' SecretId '),
    secretKeyEnv: Variable('TENCENT_SECRET_KEY', 'the SecretKey', ' SecretKey '),
    sdkAppId: Account('The SdkAppId, in quotes', '短信应用 SdkAppId（加引号）'),
    signName: Account('The approved signature', '已审核的短信签名'),
    templateId: Account(
      'An approved template: {1} place, {2} item, {3} value, {4} time; in quotes',
      '已审核的模板 ID（加引号）：{1} 地点、{2} 事项、{3} 数值、{4} 时间',
    ),
    clearedTemplateId: Type.Optional(
      Account('For messages that it is over', '恢复通知的模板，缺省同上'),
    ),
    region: Type.String({ default: 'ap-guangzhou', ...about('Its region', '地域') }),
    variableLength: VariableLength(20),
    ...common,
  },
  { ...closed, ...about('SMS by Tencent Cloud', '腾讯云短信') },
);
