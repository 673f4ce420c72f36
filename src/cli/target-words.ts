import type { TargetAnswer } from '../energy/target/shapes.ts';
import { percent, round, VERDICT_WORDS } from '../energy/target/words.ts';
import { utilities } from '../energy/utility.ts';

type Told = Pick<TargetAnswer, 'actual' | 'baseline' | 'change' | 'verdict'>;

/** A target's answer for people, line by line, Chinese first. */
export function* sayTarget(found: TargetAnswer): Generator<string> {
  const { target, from, to, through, unit, goal, coverage, forecast, pace } = found;
  const figure = ({ actual, baseline, change, verdict }: Told) =>
    `${round(actual)} / ${round(baseline)} ${unit}  ${percent(change)}  ${VERDICT_WORDS[verdict].zh} ${verdict}`;
  yield `${utilities[target].name}同比 ${target}  ${from} – ${to}（算到 through ${through}）`;
  yield `日历同比 calendar: ${figure(found)}  目标 goal ${percent(goal)}`;
  yield `覆盖率 coverage: 本年 ${round(100 * coverage.actual)} %  去年 ${round(100 * coverage.baseline)} %`;
  yield* both(found.basis);
  if (found.adjusted) yield `调整后 adjusted: ${figure(found.adjusted)}`;
  if (found.aligned) yield `校历对齐 aligned: ${figure(found.aligned)}`;
  if (found.degreeDays) yield `气温修正 weather-adjusted: ${figure(found.degreeDays)}`;
  if (found.disagreement) yield* both(found.disagreement);
  for (const [name, unit, part] of [
    ['人均 per pupil', '人', found.perPupil],
    ['单位面积 per m²', 'm²', found.perArea],
  ] as const) {
    if (!part) continue;
    const { actual, baseline, change } = part;
    yield `${name}: ${round(actual, 2)} / ${round(baseline, 2)} ${found.unit}/${unit}  ${percent(change)}`;
  }
  if (pace.month) {
    const { from: first, used, limit, left, perDay } = pace.month;
    const each = perDay === null ? '' : `（每天 a day ${round(perDay)}）`;
    yield `本月 ${first.slice(0, 7)}: 已用 used ${round(used)}，额度 limit ${round(limit)}，还可用 left ${round(left)} ${unit}${each}`;
  }
  if (forecast) {
    const { year, amount, low, high, change } = forecast;
    const range = low === null || high === null ? '' : `（${round(low)} – ${round(high)}）`;
    yield `${year} 年底预计 forecast: ${round(amount)} ${unit}${range}  ${percent(change)}`;
  }
  if (found.cusum?.changed) yield* both(found.cusum.changed.text);
  if (found.cost) yield `费用 cost: ${round(found.cost.cost, 2)} 元`;
  yield `标准煤 coal: ${round(found.coal)} kgce`;
  if (found.co2 !== null) yield `CO₂: ${round(found.co2)} kg`;
  yield* changes(found.trace);
  for (const { text } of found.quality) yield* both(text);
}

function* changes({ reports, isChanged, text, causes }: TargetAnswer['trace']): Generator<string> {
  const last = reports.at(-1);
  if (!last || (!isChanged && reports.length < 2)) return;
  for (const { reported, actual, baseline, change } of reports) {
    yield `曾报告 reported ${reported}: ${round(actual)} / ${round(baseline)}  ${percent(change)}`;
  }
  if (text) yield* both(text);
  for (const cause of causes) yield* both(cause.text);
}

function* both({ zh, en }: { zh: string; en: string }): Generator<string> {
  yield `· ${zh}`;
  yield `  ${en}`;
}
