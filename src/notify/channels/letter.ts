import type { Message } from '../channel.ts';
import { type Line, oneLine } from './text.ts';

/** Chinese, English, or Chinese followed by English where there is room. */
export type Language = 'zh' | 'en' | 'both';

const WORDS = {
  zh: { test: '【测试】', drill: '【演练】', action: '处置：', person: '值班：', link: '确认：' },
  en: { test: '[TEST] ', drill: '[DRILL] ', action: 'To do: ', person: 'Duty: ', link: 'Ack: ' },
} as const;

/** The headline, marked if it is a test or a drill: `【测试】【紧急】烟雾报警`. */
export function headline(message: Message, language: Language): string {
  const tongue = language === 'en' ? 'en' : 'zh';
  return oneLine(`${mark(message, tongue)}${message.title[tongue]}`);
}

const mark = ({ test, drill }: Message, tongue: 'zh' | 'en'): string =>
  `${test ? WORDS[tongue].test : ''}${drill ? WORDS[tongue].drill : ''}`;

/** What follows the headline: where and what, what to do, whom it went to, and the link. */
export function lines(message: Message, language: Language): Line[] {
  const { text, action, person, campus, acknowledgeUrl, event } = message;
  const tongue = language === 'en' ? 'en' : 'zh';
  const words = WORDS[tongue];
  const essential: Line[] = [{ text: text[tongue], role: 'essential' }];
  const extra: Line[] = [{ text: campus.name, role: 'extra' }];
  if (event === 'raised') {
    essential.push({ text: `${words.action}${action[tongue]}`, role: 'essential' });
  }
  if (person) extra.unshift({ text: `${words.person}${person.name}`, role: 'extra' });
  if (language === 'both') {
    extra.push({ text: `${mark(message, 'en')}${message.title.en}`, role: 'extra' });
    extra.push({ text: text.en, role: 'extra' });
    if (event === 'raised') extra.push({ text: `To do: ${action.en}`, role: 'extra' });
  }
  const link: Line[] =
    acknowledgeUrl === null ? [] : [{ text: `${words.link}${acknowledgeUrl}`, role: 'fixed' }];
  return [...essential, ...extra, ...link];
}

/**
 * The whole message for a channel without a title of its own. A robot that is secured by a keyword
 * takes no message without it.
 */
export function letter(message: Message, language: Language, keyword?: string): Line[] {
  const all: Line[] = [
    { text: headline(message, language), role: 'essential' },
    ...lines(message, language),
  ];
  const needed = keyword !== undefined && !all[0]?.text.includes(keyword);
  return needed ? [...all, { text: keyword, role: 'fixed' }] : all;
}

/** Whether the reserve of a quota may be used for it: for life and fire, but not to try it out. */
export const isUrgent = ({ severity, test, drill }: Message): boolean =>
  severity === 'critical' && !test && !drill;
