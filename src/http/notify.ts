import { Type } from 'typebox';
import { describe } from '../errors.ts';
import type { TestResult } from '../notify/test-message.ts';
import { about, Id } from '../validation.ts';
import type { App } from './app.ts';
import type { HttpParts } from './parts.ts';
import { BothTexts, failures } from './shapes.ts';

const ResultShape = Type.Object({
  channel: Type.String(),
  outcome: Type.Enum(['sent', 'retry', 'limited', 'failed']),
  detail: Type.String(about('In the vendor’s words', '服务商的说明')),
  code: Type.Optional(Type.String(about('Why it was not sent', '未发送的原因代码'))),
  message: Type.Optional(BothTexts('Why it was not sent', '未发送的原因')),
  remedy: Type.Optional(BothTexts('What to do about it', '怎么办')),
});

/** Adds the route that tries out the ways to a person. */
export function addNotifyRoutes(app: App, parts: HttpParts): void {
  app.post(
    '/api/v1/notify/test',
    {
      // it rings real phones and costs real SMS
      config: { privileged: true },
      schema: {
        tags: ['alarms'],
        summary: '测试通知 / Try out the channels',
        description:
          'Sends a message marked 【测试】 to a person and says how each channel ended; no alarm is made.',
        body: Type.Object(
          {
            campus: Type.Optional(
              Id(about('Needed where two have such a person', '多所学校有同名 id 时填写')),
            ),
            person: Id(about('A person of campus.yaml', 'campus.yaml 中的人员 id')),
            channel: Type.Optional(Id(about('Only this one; else all', '仅此渠道，缺省为全部'))),
          },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ results: Type.Array(ResultShape) }), ...failures },
      },
    },
    async ({ body }) => ({ results: (await parts.sendTest(body)).map(say) }),
  );
}

function say({ channel, outcome }: TestResult) {
  const { kind, detail } = outcome;
  if (kind === 'sent' || outcome.code === undefined) return { channel, outcome: kind, detail };
  const { code } = outcome;
  const reason = detail.replace(`${code}: `, '');
  return { channel, outcome: kind, detail, code, ...describe(code, { channel, reason }) };
}
