import type { Clock } from '../../clock.ts';
import type { Channel } from '../channel.ts';
import { callAliyun, judgeAliyun } from './aliyun.ts';
import { failed } from './outcome.ts';
import { callableNumber } from './phone.ts';
import { guarded } from './redact.ts';
import { templateVariables } from './variables.ts';

export interface AliyunVoiceOptions {
  name: string;
  clock: Clock;
  accessKeyId: string;
  accessKeySecret: string;
  /** A template with the variables ${place}, ${item}, ${value} and ${time}. */
  ttsCode: string;
  /** The number that is shown; without one, Aliyun's common pool. */
  calledShowNumber?: string | undefined;
  /** How often the text is read out, 1 to 3. */
  playTimes?: number;
  variableLength?: number;
  baseUrl?: string | undefined;
}

/**
 * A call by Aliyun that reads the alarm out: for fire and critical only (channels.md), and for
 * trying it out. After a time-out it is called again: a phone that rings twice for a fire is better
 * than one that never rang, and the quota of one call a minute keeps the two apart.
 */
export function aliyunVoiceChannel(options: AliyunVoiceOptions): Channel {
  const { name, clock, accessKeyId, accessKeySecret, ttsCode, calledShowNumber } = options;
  const { playTimes = 2, variableLength = 35 } = options;
  const { baseUrl = 'https://dyvmsapi.aliyuncs.com' } = options;
  const channel: Channel = {
    name,
    kind: 'aliyun-voice',
    async send(message, to, signal) {
      const { severity, event, test } = message;
      if (!test && (severity !== 'critical' || event !== 'raised')) {
        return failed('CHANNEL_CRITICAL_ONLY', `${severity}, ${event}`);
      }
      if (!to.phone) return failed('RECIPIENT_UNREACHABLE', 'no phone number');
      const phone = callableNumber(to.phone);
      if (phone === undefined) return failed('PHONE_INVALID', to.phone);
      const parameters = {
        CalledNumber: phone,
        ...(calledShowNumber === undefined ? {} : { CalledShowNumber: calledShowNumber }),
        TtsCode: ttsCode,
        TtsParam: JSON.stringify(templateVariables(message, variableLength)),
        PlayTimes: String(playTimes),
        OutId: message.id,
      };
      const account = { clock, accessKeyId, accessKeySecret, baseUrl };
      const reply = await callAliyun(account, 'SingleCallByTts', parameters, signal);
      return judgeAliyun(reply, clock.now());
    },
  };
  return guarded(channel, [accessKeyId, accessKeySecret, calledShowNumber ?? '']);
}
