import type { Message } from '../channel.ts';
import { localTime, placeOf } from '../compose.ts';
import { characters, oneLine, shorten } from './text.ts';

/** What an approved SMS or voice template leaves open (channels.md: place, item, value, time). */
export interface TemplateVariables {
  place: string;
  item: string;
  value: string;
  time: string;
}

/** Carriers refuse addresses in variables, and brackets, which mark the sender's signature. */
const ADDRESS = /(?:https?:\/\/|www\.)\S*|[\w-]+(?:\.[\w-]+)*\.(?:com|cn|net|org|io|top|cc)\b\S*/gi;
const BRACKETS = /[【】[\]]+/g;

/** `maxLength` is the vendor's limit for one variable, 20 to 35 characters. */
export function templateVariables(message: Message, maxLength: number): TemplateVariables {
  const { zone, device, title, value, unit, since, event, timezone = 'Asia/Shanghai' } = message;
  const mark = message.test ? '测试 ' : message.drill ? '演练 ' : '';
  const where = placeOf({ zone, deviceName: device.name });
  const said = message.brief?.zh ?? (value === null ? STATES[event] : `${value}${unit}`);
  const plain = (text: string) =>
    shorten(
      oneLine(text.replace(ADDRESS, ' ').replace(BRACKETS, ' ')).replace(/\s+/g, ' '),
      maxLength,
      characters,
    ) || '-'; // an empty variable is refused
  return {
    place: plain(where.replaceAll(' / ', '')),
    item: plain(`${mark}${title.zh}`),
    value: plain(said),
    time: plain(localTime(Date.parse(since), timezone)),
  };
}

const STATES = { raised: '报警', cleared: '已恢复', notice: '通知' } as const;
