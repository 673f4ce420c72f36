import type { Alarm } from '../alarms/alarm.ts';
import { type Campus, GATEWAY } from '../campus/model.ts';
import { JOBS, type Job } from './missing.ts';

/** Whom a message about someone's job goes to: the people who have it, else who is on duty. */
export function peopleOf({ canteen }: Campus, job: Job): readonly string[] {
  const people = canteen.people[job];
  return people.length > 0 ? people : ['duty'];
}

/** Who is told of an alarm about food, beside whom the escalation names: all of the canteen. */
export function toldOfFood(
  { device, rule }: Pick<Alarm, 'device' | 'rule'>,
  { canteen }: Campus,
): string[] {
  if (device !== GATEWAY || !rule.startsWith('food-')) return [];
  return [...new Set(JOBS.flatMap((job) => canteen.people[job]))];
}
