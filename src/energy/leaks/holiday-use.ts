import type { HolidayUseRule } from '../../campus/meter-rule.ts';
import type { Millis } from '../../clock.ts';
import { type Day, dayBefore, daysBefore, typeOf } from './days.ts';
import { type Facts, HOUR, type Kind, median, nextMultiple } from './kind.ts';

/** How far back days off are looked for before those under way, and how many tell what is usual. */
const LOOK_BACK = 60;
/** Days off in a row at most: a summer. */
const LONGEST = 80;
const DAYS = 14;
const FEWEST = 3;
/** The part of a day that must be known. */
const KNOWN = 0.9;

/** The day under way, and what days like it usually use; null: too few of them are known. */
interface Usual {
  day: string;
  usual: number | null;
}

/**
 * Holiday use: on a day off the use since midnight is above the median of like days off times
 * `ratio`. Holidays are compared with earlier holidays, and with weekends where too few of them are
 * known; the days off under way tell nothing of themselves. It is over with a whole day within the limit, or when school begins.
 */
export function holidayUse({ ratio, least }: HolidayUseRule): Kind<Usual | null> {
  return {
    begin: null,
    // worked out once a day, from the hourly figures
    parse: () => null,
    stored: () => null,
    lookBack: 0,
    step: undefined,
    wait: 0,
    next: (after) => nextMultiple(after, HOUR),
    judge(memory, at, facts) {
      const today = dayBefore(at, facts.campus);
      const { day, from } = today;
      if (typeOf(facts.campus.calendar, day) === 'school') {
        return { memory: null, finding: { holds: false } };
      }
      const known = memory?.day === day ? memory : { day, usual: usualOn(today, facts) };
      const { usual } = known;
      if (usual === null) return { memory: known, finding: undefined };
      const limit = Math.max(ratio * usual, usual + least);
      const { amount, measured } = facts.kept(from, at);
      if (amount > limit) {
        const loss = { rate: ((amount - usual) * HOUR) / (at - from), since: from };
        const [value, said] = [tidy(amount), tidy(limit)];
        return {
          memory: known,
          finding: { holds: true, value, limit: said, loss },
        };
      }
      const isWhole = isMidnight(at, facts) && measured >= KNOWN * (at - from);
      return { memory: known, finding: isWhole ? { holds: false } : undefined };
    },
  };
}

function usualOn(day: Day, { campus, kept }: Facts): number | null {
  const type = typeOf(campus.calendar, day.day);
  const uses: Record<'weekend' | 'holiday', number[]> = { weekend: [], holiday: [] };
  let isBefore = false;
  let left = LOOK_BACK;
  for (const before of daysBefore(day, campus, LONGEST + LOOK_BACK)) {
    const other = typeOf(campus.calendar, before.day);
    isBefore ||= other === 'school';
    if (isBefore) left -= 1;
    if (left < 0) break;
    if (!isBefore || other === 'school' || uses[other].length >= DAYS) continue;
    const { amount, measured } = kept(before.from, before.to);
    if (measured >= KNOWN * (before.to - before.from)) uses[other].push(amount);
  }
  const like = type === 'holiday' && uses.holiday.length >= FEWEST ? uses.holiday : uses.weekend;
  return like.length < FEWEST ? null : (median(like) ?? null);
}

const isMidnight = (at: Millis, { campus }: Facts): boolean =>
  dayBefore(at, campus).day !== dayBefore(at + 1, campus).day;

const tidy = (amount: number): number => Math.round(amount * 100) / 100;
