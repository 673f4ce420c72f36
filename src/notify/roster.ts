import type { Campus, Person } from '../campus/model.ts';
import type { Weekday } from '../campus/schema.ts';
import { addDays, dayType, localMoment, momentOf } from '../campus/school-days.ts';
import type { Millis } from '../clock.ts';

const WEEKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

const WEEK: Millis = 7 * 86_400_000;

/** A stretch of time with one person on duty. */
export interface Duty {
  from: Millis;
  to: Millis;
  /** Undefined where the campus names nobody at all. */
  person: Person | undefined;
  /** The leader on duty (带班领导). */
  leader: Person | undefined;
  /** Who stands in for whom. */
  substituteFor: Person | undefined;
  /** No shift covers it although there are shifts: the leader or the default falls in. */
  isGap: boolean;
  /** More shifts than one cover it; the first in the file counts. */
  overlaps: readonly Person[];
}

interface Turn {
  from: Millis;
  to: Millis;
  person: string;
  leader: string | undefined;
  /** The local day on which the shift began: substitutes are named by day. */
  day: string;
}

/**
 * The stretches last asked for, by campus: a storm of alarms asks ten thousand times in a second, of
 * now and of the moments at which later steps are due.
 */
const latest = new WeakMap<Campus, readonly Duty[]>();
const REMEMBERED = 4;

/** Who is on duty at a moment, and until when. */
export function dutyAt(campus: Campus, now: Millis): Duty {
  const asked = latest.get(campus) ?? [];
  const known = asked.find(({ from, to }) => from <= now && now < to);
  if (known) return known;
  const { day } = localMoment(now, campus.timezone);
  const from = momentOf(day, '00:00', campus.timezone);
  const to = momentOf(addDays(day, 1), '00:00', campus.timezone);
  const plan = dutyPlan(campus, from, to);
  const found =
    plan.find((duty) => duty.from <= now && now < duty.to) ?? fallback(campus, from, to);
  latest.set(campus, [found, ...asked].slice(0, REMEMBERED));
  return found;
}

/** Whose phone rings; undefined where the campus names nobody. */
export const onDuty = (campus: Campus, now: Millis): Person | undefined =>
  dutyAt(campus, now).person;

/** Who is on duty from `from` to `to`, without a hole: gaps are stretches of their own. */
export function dutyPlan(campus: Campus, from: Millis, to: Millis): Duty[] {
  const turns = turnsOf(campus, from, to);
  const edges = new Set([from, to]);
  for (const turn of turns) {
    for (const edge of [turn.from, turn.to]) if (edge > from && edge < to) edges.add(edge);
  }
  const times = [...edges].sort((a, b) => a - b);
  const plan: Duty[] = [];
  for (const [i, begin] of times.entries()) {
    const end = times[i + 1];
    if (end === undefined) break;
    const covering = turns.filter((turn) => turn.from <= begin && turn.to >= end);
    const duty =
      covering.length > 0 ? dutyOf(campus, covering, begin, end) : fallback(campus, begin, end);
    const last = plan.at(-1);
    if (last && isSame(last, duty)) last.to = end;
    else plan.push(duty);
  }
  return plan;
}

/** When no shift covers the seven days from now, and who falls in. */
export const gapsAhead = (campus: Campus, now: Millis): Duty[] =>
  dutyPlan(campus, now, now + WEEK).filter(({ isGap }) => isGap);

/** Every shift that touches the range, in the order of the file. */
function turnsOf({ roster, calendar, timezone }: Campus, from: Millis, to: Millis): Turn[] {
  const turns: Turn[] = [];
  const last = localMoment(to, timezone).day;
  for (const shift of roster.shifts) {
    // a shift that began the evening before may still run
    for (
      let day = addDays(localMoment(from, timezone).day, -1);
      day <= last;
      day = addDays(day, 1)
    ) {
      const weekday = WEEKDAYS[(new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7];
      if (weekday === undefined || !shift.days.includes(weekday)) continue;
      if (shift.on && !shift.on.includes(dayType(calendar, day))) continue;
      const end = shift.from < shift.to ? day : addDays(day, 1);
      const turn = {
        from: momentOf(day, shift.from, timezone),
        to: momentOf(end, shift.to, timezone),
        person: shift.person,
        leader: shift.leader ?? roster.leader,
        day,
      };
      if (turn.from < to && turn.to > from) turns.push(turn);
    }
  }
  return turns;
}

function dutyOf(campus: Campus, turns: readonly Turn[], from: Millis, to: Millis): Duty {
  const [first] = turns;
  const substitute = substituteOf(campus, first?.person, first?.day);
  const leader = substituteOf(campus, first?.leader, first?.day)?.by ?? first?.leader;
  return {
    from,
    to,
    person: personOf(campus, substitute?.by ?? first?.person),
    leader: personOf(campus, leader),
    substituteFor: personOf(campus, substitute?.for),
    isGap: false,
    overlaps: turns.slice(1).flatMap(({ person }) => personOf(campus, person) ?? []),
  };
}

/** Who stands in on the day on which a shift began. */
const substituteOf = ({ roster }: Campus, person: string | undefined, day = '') =>
  roster.substitutes.find(
    (entry) => entry.for === person && entry.from <= day && day <= (entry.to ?? entry.from),
  );

function fallback(campus: Campus, from: Millis, to: Millis): Duty {
  const { default: usual, leader, shifts } = campus.roster;
  const person = personOf(campus, usual ?? leader) ?? campus.people[0];
  // a default that is named stands in by intention; a roster without shifts has no gaps
  const isGap = shifts.length > 0 && usual === undefined;
  const leads = personOf(campus, leader);
  return { from, to, person, leader: leads, substituteFor: undefined, isGap, overlaps: [] };
}

const personOf = ({ people }: Campus, id: string | undefined): Person | undefined =>
  people.find((person) => person.id === id);

const isSame = (a: Duty, b: Duty): boolean =>
  a.to === b.from &&
  a.person === b.person &&
  a.leader === b.leader &&
  a.substituteFor === b.substituteFor &&
  a.isGap === b.isGap &&
  a.overlaps.map(({ id }) => id).join() === b.overlaps.map(({ id }) => id).join();
