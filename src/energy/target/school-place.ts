import type { Campus } from '../../campus/model.ts';
import { type DayType, dayType } from '../../campus/school-days.ts';

type Calendar = Campus['calendar'];
type Term = Calendar['terms'][number];

/** Where a day stands in the school year. */
export interface SchoolPlace {
  term: Term;
  /** In the term, or in the holidays between it and the next. */
  part: 'term' | 'holidays';
  /** From 1; the week in which a term begins is its first, the seven days after its end likewise. */
  week: number;
  type: DayType;
}

/** A term of the year before begins at most so many days from a year earlier. */
const TOLERANCE = 60;
const YEAR = 365;
/** Longer after the end of a term it is not known what the school does. */
const LONGEST_HOLIDAYS = 75;

/** The days of a calendar's terms and holidays; a day of neither has no place. */
export function schoolPlaces(calendar: Calendar): (day: string) => SchoolPlace | undefined {
  const terms = calendar.terms.toSorted((a, b) => (a.from < b.from ? -1 : 1));
  return (day) => {
    const term = terms.findLast(({ from }) => from <= day);
    if (!term) return undefined;
    const type = dayType(calendar, day);
    if (day <= term.to) {
      const monday = mondayOf(numberOf(term.from));
      return { term, part: 'term', week: weekFrom(monday, day), type };
    }
    const after = numberOf(term.to) + 1;
    if (numberOf(day) - after >= LONGEST_HOLIDAYS) return undefined;
    return { term, part: 'holidays', week: weekFrom(after, day), type };
  };
}

/** The term that began about a year before another. */
export function termBefore({ terms }: Calendar, term: Term): Term | undefined {
  const wanted = numberOf(term.from) - YEAR;
  const distance = ({ from }: Term) => Math.abs(numberOf(from) - wanted);
  return terms
    .filter((one) => distance(one) <= TOLERANCE)
    .toSorted((a, b) => distance(a) - distance(b))[0];
}

/** How many weeks a term has, or the holidays after it; these last until the next term. */
export function weeksOf({ terms }: Calendar, term: Term, part: SchoolPlace['part']): number {
  if (part === 'term') return weekFrom(mondayOf(numberOf(term.from)), term.to);
  const after = numberOf(term.to) + 1;
  const starts = terms.map(({ from }) => numberOf(from)).filter((from) => from >= after);
  return Math.ceil((Math.min(after + LONGEST_HOLIDAYS, ...starts) - after) / 7);
}

const weekFrom = (first: number, day: string): number =>
  Math.floor((numberOf(day) - first) / 7) + 1;

/** Days since 1970. */
const numberOf = (day: string): number => Date.parse(`${day}T00:00Z`) / 86_400_000;

/** 1970 began on a Thursday. */
const mondayOf = (day: number): number => day - ((day + 3) % 7);
