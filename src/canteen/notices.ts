import { addDays } from '../campus/school-days.ts';
import type { Text } from '../errors.ts';
import { JOB_NAMES, type Job } from './missing.ts';
import type { Untraceable } from './rate.ts';
import type { EndingLicence } from './suppliers.ts';

/** What a notice says. */
export interface Words {
  title: Text;
  text: Text;
  /** What fits into the value of an SMS template. */
  brief: Text;
}

/** So many are named; of the rest there is a number. */
const NAMED = 8;

/**
 * Licences that have come a step closer to their end since a day was looked at: `first` days before,
 * a week before, on the last day, and on the first without one. Without such a day all are new.
 */
export function newlyEnding(
  licences: readonly EndingLicence[],
  first: number,
  lookedAt: string | undefined,
  today: string,
): EndingLicence[] {
  const steps = [first, 7, 0, -1];
  return licences.filter(({ to }) =>
    steps.some((days) => {
      const day = to === undefined ? undefined : addDays(to, -days);
      return day !== undefined && day <= today && (lookedAt === undefined || day > lookedAt);
    }),
  );
}

/** Licences about to end, or over: whoever buys asks for the new ones. */
export function licenceNotice(licences: readonly EndingLicence[]): Words {
  const count = licences.length;
  const named = licences.slice(0, NAMED).map(({ name, to = '', daysLeft = 0 }) => ({
    zh: `${name} ${sayEnd(to, daysLeft).zh}`,
    en: `${name} ${sayEnd(to, daysLeft).en}`,
  }));
  return {
    title: {
      zh: `【许可证到期】${count} 家供货者`,
      en: `[Licences ending] suppliers: ${count}`,
    },
    text: {
      zh: `${list(named, count).zh}。请索取新证并登记；过期后的进货不可溯源。`,
      en: `${list(named, count).en}. Ask for the new ones and record them: what is delivered after that is not traceable.`,
    },
    brief: { zh: `许可证到期${count}家`, en: `licences ending: ${count}` },
  };
}

/** What a job has to add to the batches of some days, before it makes the rate fall. */
export function missingNotice(job: Job, batches: readonly Untraceable[], days: number): Words {
  const mine = batches.flatMap(({ product, batch, missing }) => {
    const texts = missing.filter((one) => one.job === job).map(({ text }) => text);
    return texts.length === 0 ? [] : [{ product, batch, texts }];
  });
  const count = mine.length;
  const named = mine.slice(0, NAMED).map(({ product, batch, texts }) => ({
    zh: `${product}（${batch}）${texts.map(({ zh }) => zh).join('、')}`,
    en: `${product} (${batch}): ${texts.map(({ en }) => en).join(', ')}`,
  }));
  const { zh, en } = JOB_NAMES[job];
  return {
    title: { zh: `【食材缺项】${zh}：${count} 批待补`, en: `[Missing] ${en}: ${count} batches` },
    text: {
      zh: `近 ${days} 天：${list(named, count).zh}。补齐之前，这些批次拉低溯源率。`,
      en: `Of the last ${days} days: ${list(named, count).en}. Until then they lower the rate of traceability.`,
    },
    brief: { zh: `食材缺项${count}批`, en: `${count} batches lack something` },
  };
}

function sayEnd(to: string, daysLeft: number): Text {
  if (daysLeft < 0) return { zh: `已于 ${to} 过期`, en: `ended on ${to}` };
  if (daysLeft === 0) return { zh: '今天是最后一天', en: 'ends today' };
  return { zh: `${to} 到期（还有 ${daysLeft} 天）`, en: `ends on ${to} (in ${daysLeft} days)` };
}

function list(named: readonly Text[], count: number): Text {
  const more = count - named.length;
  return {
    zh: named.map(({ zh }) => zh).join('；') + (more > 0 ? `；另有 ${more} 项` : ''),
    en: named.map(({ en }) => en).join('; ') + (more > 0 ? `; and ${more} more` : ''),
  };
}
