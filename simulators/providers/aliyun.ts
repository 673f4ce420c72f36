import { type Static, Type } from 'typebox';
import { createAliyunGate } from './aliyun-signature.ts';
import {
  type Answer,
  type Call,
  createIds,
  header,
  ok,
  type Provider,
  type ProviderSecrets,
  read,
} from './provider.ts';
import { SlidingWindow } from './quota.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const Variables = Type.Object({
  place: Type.String(),
  item: Type.String(),
  value: Type.String(),
  time: Type.String(),
});
type Variables = Static<typeof Variables>;

const says = (Code: string, Message: string): Answer =>
  ok({ Message, RequestId: '00000000-0000-0000-0000-000000000000', Code });

/** The text of the approved template. */
const fill = ({ place, item, value, time }: Variables): string =>
  `${place}：${item}，${value}，${time}，请立即处理。`;

const isLandline = (phone: string): boolean => /^0\d{9,11}$/.test(phone);
const isMobile = (phone: string): boolean => /^1[3-9]\d{9}$/.test(phone);

/** Why a template does not take its variables. */
function objection(variables: Variables | undefined): Answer | undefined {
  if (!variables) return says('isv.TEMPLATE_MISSING_PARAMETERS', '模板变量缺少参数');
  const values = Object.values(variables);
  if (values.some((value) => /https?:|www\.|\.(com|cn|net)\b/i.test(value))) {
    return says('isv.PARAM_NOT_SUPPORT_URL', '变量不支持传入URL');
  }
  if (values.some((value) => value === '' || value.length > 35)) {
    return says('isv.PARAM_LENGTH_LIMIT', '参数超过长度限制');
  }
  return undefined;
}

/** dysmsapi.aliyuncs.com SendSms: 50 a day per number, signature and template. */
export function createAliyunSms(secrets: ProviderSecrets['aliyun']): Provider {
  const gate = createAliyunGate(secrets);
  const perDay = new SlidingWindow(50, DAY);
  const bizId = createIds('biz');
  return {
    busy: says('isp.SYSTEM_ERROR', '系统错误'),
    answer(call) {
      const get = parameters(call);
      const phone = get('PhoneNumbers');
      const refusal = gate(call) ?? wrongAction(call, 'SendSms');
      if (refusal) return refusal;
      if (!isMobile(phone))
        return says('isv.MOBILE_NUMBER_ILLEGAL', `${phone}invalid mobile number`);
      if (!get('SignName')) return says('isv.SMS_SIGNATURE_ILLEGAL', '短信签名不合法');
      if (!get('TemplateCode')) return says('isv.SMS_TEMPLATE_ILLEGAL', '短信模板不合法');
      const variables = read(Variables, get('TemplateParam'));
      const problem = objection(variables);
      if (problem || !variables) return problem ?? says('isv.INVALID_JSON_PARAM', 'JSON参数不合法');
      const key = [phone, get('SignName'), get('TemplateCode')].join('\n');
      if (!perDay.take(key, call.now)) {
        return says('isv.BUSINESS_LIMIT_CONTROL', '触发天级流控Permits:50');
      }
      return ok(
        { Message: 'OK', RequestId: 'r', Code: 'OK', BizId: bizId() },
        {
          to: [phone],
          title: `【${get('SignName')}】`,
          text: fill(variables),
          raw: Object.fromEntries(call.query),
        },
      );
    },
  };
}

/** dyvmsapi.aliyuncs.com SingleCallByTts: 1 a minute, 5 an hour, 20 a day per callee. */
export function createAliyunVoice(secrets: ProviderSecrets['aliyun']): Provider {
  const gate = createAliyunGate(secrets);
  const windows = [
    { words: '触发分钟级流控Permits:1', window: new SlidingWindow(1, MINUTE) },
    { words: '触发小时级流控Permits:5', window: new SlidingWindow(5, HOUR) },
    { words: '触发天级流控Permits:20', window: new SlidingWindow(20, DAY) },
  ];
  const callId = createIds('call');
  return {
    busy: says('isp.SYSTEM_ERROR', '系统错误'),
    answer(call) {
      const get = parameters(call);
      const phone = get('CalledNumber');
      const refusal = gate(call) ?? wrongAction(call, 'SingleCallByTts');
      if (refusal) return refusal;
      if (!isMobile(phone) && !isLandline(phone)) {
        return says('isv.MOBILE_NUMBER_ILLEGAL', '号码格式非法');
      }
      const variables = read(Variables, get('TtsParam'));
      const problem = objection(variables);
      if (problem || !variables) return problem ?? says('isv.INVALID_JSON_PARAM', 'JSON参数不合法');
      const full = windows.find(({ window }) => !window.hasRoom(phone, call.now));
      if (full) return says('isv.BUSINESS_LIMIT_CONTROL', full.words);
      for (const { window } of windows) window.count(phone, call.now);
      return ok(
        { Message: 'OK', RequestId: 'r', Code: 'OK', CallId: callId() },
        {
          to: [phone],
          title: '语音来电',
          text: fill(variables),
          raw: Object.fromEntries(call.query),
        },
      );
    },
  };
}

const parameters =
  ({ query }: Call) =>
  (name: string): string =>
    query.get(name) ?? '';

function wrongAction(call: Call, action: string): Answer | undefined {
  const isRight =
    header(call, 'x-acs-action') === action && header(call, 'x-acs-version') === '2017-05-25';
  const message = 'The specified action or version is not found.';
  return isRight
    ? undefined
    : { status: 404, body: { Code: 'InvalidAction.NotFound', Message: message } };
}
