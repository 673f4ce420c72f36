import type { Text } from '../errors.ts';
import type { UseRecord } from './consumption.ts';

const round = (value: number): string => String(Math.round(value * 1000) / 1000);

/** What a quality record says, in people's words. Amounts in the metric's unit. */
export function describeRecord(record: UseRecord, unit: string): Text {
  const { amount, before, found, readings } = record;
  const [from, to] = [round(before), round(found)];
  const used = `${round(amount)} ${unit}`;
  switch (record.kind) {
    case 'corrected': {
      const { reason, person } = record;
      return {
        zh: `人工更正 ${used}：${reason}（${person}）`,
        en: `Corrected by ${used}: ${reason} (${person})`,
      };
    }
    case 'held':
      return {
        zh: `表底由 ${from} 变为 ${to}，暂不计量，待后续读数确认`,
        en: `The register went from ${from} to ${to}: held, not counted, until later readings tell`,
      };
    case 'rejected':
      return {
        zh: `表底 ${to} 与前后读数（${from}）不符，已剔除 ${readings} 次读数`,
        en: `${to} does not fit the readings around it (${from}): ${readings} reading(s) rejected`,
      };
    case 'reset':
      return {
        zh: `表底由 ${from} 重新从 ${to} 开始，其间用量未知，请登记换表`,
        en: `The register began again at ${to} after ${from}; what was used in between is unknown: declare the replacement`,
      };
    case 'jump':
      return {
        zh: `表底由 ${from} 跳到 ${to}，超出额定容量，${used} 未计入`,
        en: `The register jumped from ${from} to ${to}, beyond the rated capacity; ${used} not counted`,
      };
    case 'rollover':
      return {
        zh: `表底走满归零，由 ${from} 到 ${to}，用量 ${used}`,
        en: `The register went over, from ${from} to ${to}: ${used}`,
      };
    case 'estimated':
      return {
        zh: `长时间无读数，${used} 按时间均摊`,
        en: `No readings for long: ${used} spread evenly, estimated`,
      };
    case 'lost':
      return {
        zh: `读数无规律，自 ${to} 起重新计量`,
        en: `Readings made no sense; counted anew from ${to}`,
      };
    case 'revised':
      return {
        zh: `此前的 ${round(before)} ${unit} 因补报或登记改为 ${round(found)} ${unit}`,
        en: `What was ${round(before)} ${unit} before became ${round(found)} ${unit}, by late readings or a declaration`,
      };
  }
}
