import { Type } from 'typebox';
import { Severity } from '../campus/rule.ts';
import { DURATION_PATTERN } from '../duration.ts';
import { about, allows, Duration, EnvironmentName, Id, TimeOfDay, Url } from '../validation.ts';
import { Channels } from './channels/schema.ts';

const closed = { additionalProperties: false };

const EscalationStep = Type.Object(
  {
    after: Duration({
      default: '0s',
      ...about(
        'How long after the alarm, if nobody has acknowledged; critical alarms do not wait',
        '报警后多久仍未确认则执行；紧急报警不等待',
      ),
    }),
    channels: Type.Optional(
      Type.Array(Id(), { minItems: 1, ...about('Else all of them', '通道，缺省为全部') }),
    ),
    to: Type.Array(Id(), {
      default: ['duty'],
      minItems: 1,
      ...allows(
        'a list of duty, leader, everyone or ids of people',
        '列表：duty 值班人、leader 带班领导、everyone 所有人或人员 id',
      ),
      ...about('duty, leader, everyone, or people by id', '值班人、带班领导、所有人或指定人员'),
    }),
    severities: Type.Optional(
      Type.Array(Severity, {
        minItems: 1,
        ...about('Only for these; else all', '仅这些级别，缺省为全部'),
      }),
    ),
  },
  closed,
);

const Expiry = (fallback: string, en: string, zh: string) =>
  Type.String({
    pattern: `^never$|${DURATION_PATTERN}`,
    default: fallback,
    ...allows('a duration such as 15m or 4h, or never', '时长，例如 15m、4h，或 never（不过期）'),
    ...about(en, zh),
  });

const Acknowledgement = Type.Object(
  {
    critical: Expiry('15m', 'Of critical alarms', '紧急报警'),
    major: Expiry('4h', 'Of major alarms', '重要报警'),
    minor: Expiry('never', 'Of minor alarms', '一般报警'),
  },
  {
    ...closed,
    default: {},
    ...about(
      'When an acknowledgement expires: if the condition still holds then, the escalation begins anew',
      '确认的有效期：到期仍未恢复则重新提醒并从第一步升级',
    ),
  },
);

const Reminder = Type.Object(
  {
    critical: Expiry('10m', 'Of critical alarms', '紧急报警'),
    major: Expiry('never', 'Of major alarms', '重要报警'),
    minor: Expiry('never', 'Of minor alarms', '一般报警'),
  },
  {
    ...closed,
    default: {},
    ...about(
      'How long after the last step people are told again of an alarm that nobody acknowledges, from the first step on',
      '最后一个升级步骤之后多久仍无人确认则从第一步再次提醒',
    ),
  },
);

const DailyReport = Type.Object(
  {
    off: Type.Boolean({ default: false, ...about('No daily report', '不发日报告') }),
    at: TimeOfDay({
      default: '07:30',
      ...about('When it is sent, by the campus’s time', '发送时刻，按本校时区'),
    }),
    to: Type.Array(Id(), {
      default: ['duty'],
      minItems: 1,
      ...about('duty, leader, everyone, or people by id', '值班人、带班领导、所有人或指定人员'),
    }),
    channels: Type.Optional(
      Type.Array(Id(), {
        minItems: 1,
        ...about('Else all of them but voice calls', '通道，缺省为除语音外的全部'),
      }),
    ),
  },
  {
    ...closed,
    default: {},
    ...about(
      'Sent every day, also when there is nothing to report: it proves that the chain works',
      '日报告零报告：每天发送，无事也报，以证明通知链路正常',
    ),
  },
);

const Heartbeat = Type.Object(
  {
    url: Url(
      about(
        'Of a dead-man service: asked by GET while all is well; it raises the alarm when that stops',
        '“死亡开关”监控服务的地址：正常时定期 GET，停止后由对方报警',
      ),
    ),
    every: Duration({ default: '5m', ...about('How often', '间隔') }),
  },
  { ...closed, ...about('Tells another service that the gateway lives', '向外部服务报告网关存活') },
);

const HeartbeatMessage = Type.Object(
  {
    at: Type.Array(TimeOfDay(), {
      minItems: 1,
      maxItems: 24,
      default: ['12:00'],
      ...about('When it is sent, by the campus’s time', '发送时刻，按本校时区'),
    }),
    to: Type.Array(Id(), {
      default: ['duty'],
      minItems: 1,
      ...about('duty, leader, everyone, or people by id', '值班人、带班领导、所有人或指定人员'),
    }),
    channels: Type.Array(Id(), {
      minItems: 1,
      ...about('Others than those that alarms go by', '与报警不同的渠道，例如邮件'),
    }),
  },
  {
    ...closed,
    ...about(
      'A quiet sign of life by a second channel: where it stays away, the gateway or the channel is broken',
      '第二渠道的心跳消息：到时收不到，说明网关或该渠道有问题',
    ),
  },
);

/** The notify section of campus.yaml: how people are told. */
export const NotifySection = Type.Object(
  {
    webhook: Type.Optional(
      Type.Object(
        {
          url: Url(about('Receives each message as a signed POST', '以签名 POST 接收每条消息')),
          secretEnv: EnvironmentName({
            default: 'CAMPUS_WEBHOOK_SECRET',
            ...about('Holds the signing secret', '保存签名密钥的环境变量'),
          }),
        },
        closed,
      ),
    ),
    channels: Channels,
    escalation: Type.Array(EscalationStep, {
      default: [],
      ...about(
        'Who is told when; without steps every channel tells the person on duty at once',
        '升级步骤；不写则所有通道立即通知值班人',
      ),
    }),
    dailyReport: DailyReport,
    heartbeat: Type.Optional(Heartbeat),
    heartbeatMessage: Type.Optional(HeartbeatMessage),
    acknowledgement: Acknowledgement,
    reminder: Reminder,
    linkLifetime: Duration({
      default: '12h',
      ...about('How long an acknowledgement link works', '确认链接的有效期'),
    }),
  },
  { ...closed, default: {}, ...about('How people are told', '通知方式') },
);
