import type { Millis } from '../../clock.ts';
import type { Text } from '../../errors.ts';
import { type Signature, timeLeft } from './signature.ts';

const MINUTE: Millis = 60_000;
const HOUR: Millis = 60 * MINUTE;
/** Longer than this it says nothing: no rise goes on evenly for days. */
const FORESEEABLE: Millis = 48 * HOUR;

const tenths = (value: number): string => String(Math.round(value * 10) / 10);

/** A cause, and how long there is until the next limit (℃). */
export function saySignature(signature: Signature, limit: number | undefined): Text {
  if (signature.cause === 'door') {
    const minutes = Math.max(1, Math.round(signature.lasted / MINUTE));
    const rise = tenths(signature.rise);
    return {
      zh: `疑似门未关：${minutes} 分钟内升高 ${rise} K。`,
      en: `A door left open, it seems: ${rise} K warmer within ${minutes} min.`,
    };
  }
  const { from, to, lasted } = signature;
  const hours = tenths(lasted / HOUR);
  const left = sayLeft(limit === undefined ? undefined : timeLeft(signature, limit), limit);
  return {
    zh: `疑似压缩机故障或停电：${hours} 小时内由 ${tenths(from)} ℃ 升至 ${tenths(to)} ℃，其间没有制冷${left.zh}。`,
    en: `The compressor has failed or has no power, it seems: from ${tenths(from)} to ${tenths(to)} ℃ within ${hours} h without cooling${left.en}.`,
  };
}

function sayLeft(left: Millis | undefined, limit: number | undefined): Text {
  if (left === undefined || left > FORESEEABLE) return { zh: '', en: '' };
  const hours = tenths(Math.max(left, 0.1 * HOUR) / HOUR);
  return {
    zh: `；照此约 ${hours} 小时后达到 ${limit} ℃`,
    en: `; at this rate ${hours} h are left until ${limit} ℃`,
  };
}

/** What a value of a probe means that can't be true (DS18B20). */
export function sayProbe(value: number | undefined): Text {
  if (value === -127) {
    return {
      zh: '读数 −127 ℃：探头断线。此期间温度未知。',
      en: 'It reads −127 ℃: the probe is not connected. What the temperature is, is unknown.',
    };
  }
  if (value === 85) {
    return {
      zh: '读数 85 ℃：探头上电后未能测温。此期间温度未知。',
      en: 'It reads 85 ℃: the probe starts but does not measure. What the temperature is, is unknown.',
    };
  }
  const said = value === undefined ? { zh: '无有效读数', en: 'no number' } : readingOf(value);
  return {
    zh: `${said.zh}，不可能为真。此期间温度未知。`,
    en: `It reads ${said.en}, which can't be true. What the temperature is, is unknown.`,
  };
}

const readingOf = (value: number): Text => ({
  zh: `读数 ${tenths(value)} ℃`,
  en: `${tenths(value)} ℃`,
});
