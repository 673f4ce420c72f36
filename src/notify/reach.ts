import type { Campus, Person } from '../campus/model.ts';
import type { Severity } from '../campus/rule.ts';
import type { ChannelKind } from './channel.ts';
import { callableNumber, mobileNumber } from './channels/phone.ts';

/** What a person must have in campus.yaml to be reached by a channel. */
export const NEEDS: Readonly<Partial<Record<ChannelKind, 'phone' | 'email'>>> = {
  'aliyun-sms': 'phone',
  'aliyun-voice': 'phone',
  'tencent-sms': 'phone',
  email: 'email',
};

/** Whether a channel can tell a person of an alarm of this severity. */
export function reaches(
  { notify }: Pick<Campus, 'notify'>,
  name: string,
  severity: Severity,
  person: Person | undefined,
): boolean {
  const config = notify.channels[name];
  const need = config && NEEDS[config.kind];
  if (need !== undefined && person?.[need] === undefined) return false;
  switch (config?.kind) {
    case 'aliyun-sms':
    case 'tencent-sms':
      return mobileNumber(person?.phone) !== undefined;
    case 'aliyun-voice':
      return severity === 'critical' && callableNumber(person?.phone) !== undefined;
    case 'ntfy':
      return config.topic !== undefined || hasOwn(config.topics, person);
    case 'bark':
    case 'serverchan':
      return config.keyEnv !== undefined || hasOwn(config.personKeyEnv, person);
    default:
      return true;
  }
}

const hasOwn = (byPerson: Readonly<Record<string, string>>, person: Person | undefined): boolean =>
  person !== undefined && Object.hasOwn(byPerson, person.id);
