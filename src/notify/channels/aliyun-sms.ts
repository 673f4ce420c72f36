import type { Clock } from '../../clock.ts';
import type { Channel } from '../channel.ts';
import { callAliyun, judgeAliyun } from './aliyun.ts';
import { atMostOnce } from './http.ts';
import { failed } from './outcome.ts';
import { mobileNumber } from './phone.ts';
import { guarded } from './redact.ts';
import { templateVariables } from './variables.ts';

export interface AliyunSmsOptions {
  name: string;
  clock: Clock;
  accessKeyId: string;
  accessKeySecret: string;
  signName: string;
  /** A template with the variables ${place}, ${item}, ${value} and ${time}. */
  templateCode: string;
  /** For messages that it is over; without one, the template above says it. */
  clearedTemplateCode?: string | undefined;
  /** Characters in a variable. */
  variableLength?: number;
  baseUrl?: string | undefined;
}

/**
 * SMS by Aliyun. SendSms is not idempotent (channels.md): after a time-out nobody knows whether
 * it was sent, so it is not sent again; OutId is only for finding it in Aliyun's log.
 */
export function aliyunSmsChannel(options: AliyunSmsOptions): Channel {
  const { name, clock, accessKeyId, accessKeySecret, signName, variableLength = 20 } = options;
  const { templateCode, clearedTemplateCode = templateCode } = options;
  const { baseUrl = 'https://dysmsapi.aliyuncs.com' } = options;
  const channel: Channel = {
    name,
    kind: 'aliyun-sms',
    async send(message, to, signal) {
      if (!to.phone) return failed('RECIPIENT_UNREACHABLE', 'no phone number');
      const phone = mobileNumber(to.phone);
      if (phone === undefined) return failed('PHONE_INVALID', to.phone);
      const parameters = {
        PhoneNumbers: phone,
        SignName: signName,
        TemplateCode: message.event === 'cleared' ? clearedTemplateCode : templateCode,
        TemplateParam: JSON.stringify(templateVariables(message, variableLength)),
        OutId: message.id,
      };
      const account = { clock, accessKeyId, accessKeySecret, baseUrl };
      return atMostOnce(callAliyun(account, 'SendSms', parameters, signal), (reply) =>
        judgeAliyun(reply, clock.now()),
      );
    },
  };
  return guarded(channel, [accessKeyId, accessKeySecret]);
}
