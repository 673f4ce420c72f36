import type { ImbalanceRule } from '../../campus/meter-rule.ts';
import type { Text } from '../../errors.ts';
import { type Day, dayBefore, daysBefore, nextMidnight } from './days.ts';
import { type Facts, HOUR, type Kind, LONGEST_WAIT, median, WITHOUT_MEMORY } from './kind.ts';

/** The part of the day for which each meter must be known. */
const KNOWN = 0.9;
/** Days that tell what a meter usually counts. */
const DAYS = 7;
const FEWEST = 3;
/** A meter that counts less than this part of it is named. */
const DROPPED = 0.5;

/**
 * Imbalance: over a day a meter and the sum of those it feeds differ by more than `high` %. Names
 * the one below that counts far less than it usually does. Without meters below it says nothing.
 */
export function imbalance({ high, least }: ImbalanceRule): Kind<null> {
  return {
    ...WITHOUT_MEMORY,
    step: undefined,
    // the meters below write their hours with their next readings
    wait: LONGEST_WAIT,
    next: nextMidnight,
    judge(memory, at, facts) {
      const day = dayBefore(at, facts.campus);
      const { from } = day;
      const own = facts.kept(from, at);
      const below = facts.children.map((child) => child.kept(from, at));
      const isKnown = [own, ...below].every(({ measured }) => measured >= KNOWN * (at - from));
      if (below.length === 0 || !isKnown) return { memory, finding: undefined };
      const sum = below.reduce((total, { amount }) => total + amount, 0);
      const difference = own.amount - sum;
      const share = (100 * Math.abs(difference)) / Math.max(own.amount, sum, Number.MIN_VALUE);
      if (share <= high || Math.abs(difference) <= least) {
        return { memory, finding: { holds: false } };
      }
      const rate = (difference * HOUR) / (at - from);
      return {
        memory,
        finding: {
          holds: true,
          value: Math.round(share * 10) / 10,
          limit: high,
          unit: '%',
          loss: { rate, since: from },
          about: difference > 0 ? missing(day, facts) : MORE_BELOW,
        },
      };
    },
  };
}

const MORE_BELOW: Text = {
  zh: '分表之和大于总表，请检查接线、倍率与上下级设置。',
  en: 'The meters below count more than this one: check wiring, ratios and `parent`.',
};

/** Which meter below counts far less than usually; else the difference runs past all of them. */
function missing(day: Day, { children, campus }: Facts): Text {
  const dropped = children.flatMap(({ name, kept }) => {
    const uses: number[] = [];
    for (const before of daysBefore(day, campus, DAYS)) {
      const use = kept(before.from, before.to);
      if (use.measured >= KNOWN * (before.to - before.from)) uses.push(use.amount);
    }
    const usual = uses.length < FEWEST ? 0 : (median(uses) ?? 0);
    const { amount } = kept(day.from, day.to);
    return amount < DROPPED * usual ? [{ name, amount, usual }] : [];
  });
  const [worst] = dropped.sort((a, b) => b.usual - b.amount - (a.usual - a.amount));
  if (!worst) {
    return {
      zh: '差额未经任何分表，请查分表之前的管线或线路。',
      en: 'It passes none of the meters below: look at the line before them.',
    };
  }
  const [amount, usual] = [worst.amount, worst.usual].map((one) => Math.round(one * 100) / 100);
  return {
    zh: `分表“${worst.name}”当日只计 ${amount}，平时 ${usual}，可能停走。`,
    en: `“${worst.name}” below it counted ${amount} that day, usually ${usual}: it may have stopped.`,
  };
}
