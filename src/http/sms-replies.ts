import { Type } from 'typebox';
import { CodedError } from '../errors.ts';
import { about } from '../validation.ts';
import type { App } from './app.ts';
import type { HttpParts } from './parts.ts';
import { isSame } from './secret.ts';
import { failures } from './shapes.ts';

const Text = (maxLength: number) => Type.String({ maxLength });

const SecretPath = Type.Object({
  secret: Type.String({ maxLength: 200, ...about('As http.smsReplySecretEnv', '回调密钥') }),
});

/** SmsUp, pushed by HTTP: https://help.aliyun.com/document_detail/414223.htm */
const AliyunReplies = Type.Array(
  Type.Object({
    phone_number: Text(40),
    content: Text(2_000),
    // a number; whatever else it may be one day, the reply counts
    sequence_id: Type.Optional(Type.Unknown()),
  }),
  { maxItems: 1_000 },
);

/** https://www.tencentcloud.com/document/product/382/43548 */
const TencentReply = Type.Object({
  mobile: Text(40),
  text: Text(2_000),
  time: Type.Number(about('Seconds since 1970', 'Unix 秒')),
});

/** Adds the addresses that SMS vendors deliver replies to. The secret at their end is the key. */
export function addSmsReplyRoutes(app: App, { smsReplies, smsReplySecret }: HttpParts): void {
  const check = (secret: string, vendor: string) => {
    if (smsReplySecret !== undefined && isSame(secret, smsReplySecret)) return;
    throw new CodedError('ROUTE_UNKNOWN', { method: 'POST', path: `/sms/${vendor}/` });
  };

  app.post(
    '/sms/aliyun/:secret',
    {
      config: { open: true },
      schema: {
        tags: ['alarms'],
        summary: '阿里云上行短信 / SMS replies by Aliyun',
        description:
          '"1" acknowledges what the newest message to that number about an open alarm told of.',
        security: [],
        params: SecretPath,
        body: AliyunReplies,
        response: { 200: Type.Object({ code: Type.Integer(), msg: Type.String() }), ...failures },
      },
    },
    async ({ params, body }) => {
      check(params.secret, 'aliyun');
      for (const { phone_number: phone, content: text, sequence_id: sequence } of body) {
        const id = typeof sequence === 'number' ? `aliyun ${phone} ${sequence}` : undefined;
        // send_time has no time zone
        smsReplies.take({ phone, text, id, sent: undefined });
      }
      return { code: 0, msg: 'OK' };
    },
  );

  app.post(
    '/sms/tencent/:secret',
    {
      config: { open: true },
      schema: {
        tags: ['alarms'],
        summary: '腾讯云短信回复 / SMS replies by Tencent',
        description:
          '"1" acknowledges what the newest message to that number about an open alarm told of.',
        security: [],
        params: SecretPath,
        body: TencentReply,
        response: {
          200: Type.Object({ result: Type.Integer(), errmsg: Type.String() }),
          ...failures,
        },
      },
    },
    async ({ params, body: { mobile, text, time } }) => {
      check(params.secret, 'tencent');
      // it has no id of its own
      const id = `tencent ${mobile} ${time} ${text}`;
      smsReplies.take({ phone: mobile, text, id, sent: time * 1_000 });
      return { result: 0, errmsg: 'OK' };
    },
  );
}
