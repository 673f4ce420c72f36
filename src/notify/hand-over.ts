import type { Person } from '../campus/model.ts';
import type { Text } from '../errors.ts';
import { type DailyFacts, nameAlarms } from './daily-report.ts';

/** What the person whose shift begins is told (交接): whom they follow, and what is open. */
export function handOver(
  from: Person | undefined,
  to: Person,
  open: DailyFacts['open'],
): { title: Text; text: Text; brief: Text } {
  const before = from?.name ?? '–';
  const { zh, en } = nameAlarms(open, open.length);
  const left =
    open.length === 0
      ? { zh: '无未关闭报警', en: 'no alarm is open' }
      : { zh: `未关闭报警 ${open.length} 起：${zh}`, en: `${open.length} alarms are open: ${en}` };
  return {
    title: { zh: '【交接班】现在由您值班', en: '[Hand-over] you are on duty now' },
    text: {
      zh: `${before} → ${to.name}：${left.zh}。`,
      en: `${before} → ${to.name}: ${left.en}.`,
    },
    brief: { zh: `未关闭报警${open.length}起`, en: `${open.length} open` },
  };
}
