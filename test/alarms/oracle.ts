import {
  advance,
  NORMAL,
  type Observation,
  type RuleEvent,
  type RuleState,
  withoutDelay,
} from '../../src/alarms/rules/phases.ts';
import type { ValueRule } from '../../src/campus/rule.ts';

/** An event without the figures it is told with. */
export type Moment = Pick<RuleEvent, 'event' | 'at'>;

export interface World {
  rule: ValueRule;
  /** In order of time, in whole units. */
  list: readonly Observation[];
  gap: number;
  isScheduled: (time: number) => boolean;
  end: number;
}

/**
 * What must come out, by the book: it keeps every observation, and at every single moment reckons
 * anew whether the condition holds. Slow, and without any cleverness.
 */
export function expectedMoments({ rule, list, gap, isScheduled, end }: World): Moment[] {
  const events: Moment[] = [];
  let state: RuleState = NORMAL;
  let isKnown = false;
  const judge = (time: number, seen: readonly Observation[]) => {
    const last = seen.at(-1);
    const isFresh = last !== undefined && time <= last.time + gap;
    if (!isScheduled(time)) {
      // between two moments it became unknown
      if (isScheduled(time - 1) && !isFresh) isKnown = false;
      apply(time, false, true);
    } else if (isFresh) {
      const [holds, isOver] = verdict(rule, seen, time, gap);
      apply(time, holds, isOver);
    } else {
      state = withoutDelay(state);
      isKnown = false;
    }
  };
  const apply = (time: number, holds: boolean, isOver: boolean) => {
    const done = advance(rule, state, time, isKnown, holds, isOver, 0, undefined);
    isKnown = true;
    state = done.state;
    events.push(...done.events.map(({ event, at }) => ({ event, at })));
  };
  for (let time = 0; time <= end; time++) {
    judge(
      time,
      list.filter((observation) => observation.time < time),
    );
    if (list.some((observation) => observation.time === time)) {
      judge(
        time,
        list.filter((observation) => observation.time <= time),
      );
    }
  }
  return events;
}

function verdict(
  rule: ValueRule,
  seen: readonly Observation[],
  now: number,
  gap: number,
): [holds: boolean, isOver: boolean] {
  const plain = (holds: boolean): [boolean, boolean] => [holds, !holds];
  const last = seen.at(-1);
  if (!last) return plain(false);
  switch (rule.kind) {
    case 'threshold':
      return [isBeyond(rule, last.value), isBack(rule, last.value)];
    case 'state':
      return plain(last.value === Number(rule.is));
    case 'rate': {
      const others = seen.filter(({ time }) => time >= last.time - rule.window);
      return plain(
        others.some(
          ({ value }) =>
            last.value - value > (rule.rise ?? 99) || value - last.value > (rule.fall ?? 99),
        ),
      );
    }
    case 'stuck': {
      let first = last;
      for (const [i, one] of seen.entries()) {
        const rest = seen.slice(i);
        const values = rest.map(({ value }) => value);
        const isDense = rest.slice(1).every(({ time }, j) => time - (rest[j]?.time ?? 0) <= gap);
        if (!isDense || Math.max(...values) - Math.min(...values) > rule.tolerance) continue;
        first = one;
        break;
      }
      return plain(last.time - first.time >= rule.after);
    }
    case 'count': {
      let before: boolean | undefined;
      const onsets = seen.filter(({ value }) => {
        const isIn: boolean = before ? !isBack(rule, value) : isBeyond(rule, value);
        const isOnset = before === false && isIn;
        before = isIn;
        return isOnset;
      });
      return plain(onsets.filter(({ time }) => time > now - rule.window).length >= rule.times);
    }
    case 'refused':
      return plain(last.isRefused === true);
    case 'cumulative': {
      let total = 0;
      for (let unit = now - rule.window; unit < now; unit++) {
        const then = seen.findLast(({ time }) => time <= unit);
        if (then && unit < then.time + gap && isBeyond(rule, then.value)) total += 1;
      }
      return plain(total >= rule.total);
    }
  }
}

interface Limits {
  is?: boolean | undefined;
  high?: number | undefined;
  low?: number | undefined;
}

const isBeyond = ({ is, high = 99, low = -99 }: Limits, value: number) =>
  is === undefined ? value > high || value < low : value === Number(is);

const isBack = (
  { is, high = 99, low = -99, deadBand }: Limits & { deadBand: number },
  value: number,
) =>
  is === undefined ? value <= high - deadBand && value >= low + deadBand : value !== Number(is);
