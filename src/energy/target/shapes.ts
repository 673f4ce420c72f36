import { type Static, type TSchema, Type } from 'typebox';
import { BothTexts, Time } from '../../http/shapes.ts';
import { about } from '../../validation.ts';
import { FAULTS } from '../registers.ts';
import { UTILITIES } from '../utility.ts';
import { CAUSES } from './causes.ts';
import { VERDICTS } from './verdict.ts';

// How the target is said. A part that is null can't be told: there is no data for it.

const orNull = <S extends TSchema>(schema: S, words: ReturnType<typeof about>) =>
  Type.Union([schema, Type.Null()], words);
const Day = (en: string, zh: string) => Type.String(about(`${en} (YYYY-MM-DD)`, zh));
const Percent = (en: string, zh: string) =>
  orNull(Type.Number(), about(`${en}, %; below 0: less than last year`, `${zh}，%，负数为下降`));
const Amount = (en: string, zh: string) => Type.Number(about(en, zh));
const Maybe = (en: string, zh: string) => orNull(Type.Number(), about(en, zh));

const VerdictShape = Type.Enum(
  [...VERDICTS],
  about(
    'met, missed, or insufficient data',
    '结论：met 达标、missed 未达标、insufficient 数据不足',
  ),
);

const Coverage = Type.Object(
  {
    actual: Amount('This year', '本年'),
    baseline: Amount('Last year', '去年'),
  },
  about(
    'Part of the time that is known, 0–1; no verdict below 0.9 on either side',
    '数据覆盖率 0–1，任一侧低于 0.9 不下结论',
  ),
);

const comparison = {
  actual: Amount('This year, days known on both sides', '本年用量（两侧都有数据的日子）'),
  baseline: Amount('What it is compared with', '对照用量'),
  change: Percent('Change', '变化率'),
  coverage: Coverage,
  verdict: VerdictShape,
};

const PerUnit = (en: string, zh: string) =>
  orNull(
    Type.Object({
      actual: Amount('This year', '本年'),
      baseline: Amount('Last year', '去年'),
      change: Percent('Change', '变化率'),
    }),
    about(en, zh),
  );

const PaceShape = orNull(
  Type.Object({
    from: Day('First day', '起始日'),
    to: Day('Last day', '截止日（含）'),
    through: Day('The last day that counts', '统计至（含）'),
    baseline: Amount('Last year’s whole period', '去年整段用量'),
    limit: Amount('What may be used in the whole period', '整段可用额度'),
    used: Amount('Used until now', '已用'),
    onCourse: Amount('What might have been used until now', '按进度应控制在'),
    ahead: Amount('Above 0: more than that', '超出进度，负数为节余'),
    left: Amount('What may still be used', '还可用'),
    daysLeft: Type.Integer(about('Days left', '剩余天数')),
    perDay: Maybe('On each of them', '剩余每天可用'),
  }),
  about('Where the period stands on its way to the goal', '进度'),
);

const ForecastShape = orNull(
  Type.Object({
    year: Type.Integer(about('Of the calendar year', '年份')),
    amount: Amount('Use of the whole year', '全年预计用量'),
    low: Maybe('If the rest were like the best month so far', '按最好月份推算'),
    high: Maybe('If it were like the worst', '按最差月份推算'),
    baseline: Amount('Last year', '去年全年'),
    change: Percent('Change', '预计变化率'),
    changeLow: Percent('Change, best', '最好'),
    changeHigh: Percent('Change, worst', '最差'),
    ratio: Amount('This year’s use to last year’s until now', '至今与去年同期之比'),
    months: Type.Array(
      Type.Object({ month: Type.String(), ratio: Type.Number() }),
      about('The same by month', '各月之比'),
    ),
    method: BothTexts('How it was calculated', '方法'),
  }),
  about('Where the year will end at this pace', '年末预测'),
);

const AdjustedShape = orNull(
  Type.Object({
    ...comparison,
    effect: Amount('Of the adjustments on the baseline', '调整对基准的影响'),
    savings: Amount('Adjusted baseline − actual', '节约量：调整后基准 − 本年'),
    entries: Type.Array(
      Type.Object({
        id: Type.Integer(),
        from: Day('First day', '起始日'),
        to: Day('Last day', '截止日（含）'),
        perDay: Amount('On each day', '每日'),
        reason: Type.String(),
        approver: Type.String(about('Who approved it', '批准人')),
      }),
    ),
  }),
  about(
    'With the adjustments of the ledger (IPMVP); not the official figure',
    '按台账调整后（IPMVP），非官方口径',
  ),
);

const AlignedShape = orNull(
  Type.Object({
    ...comparison,
    days: Type.Integer(about('Days of the period', '天数')),
    byWeek: Type.Integer(about('Compared within the same school week', '按同教学周对照的天数')),
    byTerm: Type.Integer(
      about(
        'Compared with days of their kind in the whole term',
        '该周无同类日、按全学期同类日对照的天数',
      ),
    ),
  }),
  about(
    'School week with school week of last year, kind of day with kind of day; by the meters',
    '校历对齐：教学周对教学周，上课日、周末、假日分别对照；仅用表计数据',
  ),
);

const DegreeDaysShape = orNull(
  Type.Object({
    ...comparison,
    days: Type.Integer(),
    heatingBase: Amount('℃', '采暖度日基准温度 ℃'),
    coolingBase: Amount('℃', '空调度日基准温度 ℃'),
    heating: Type.Object(
      { actual: Type.Number(), baseline: Type.Number() },
      about('Heating degree days', '采暖度日数 HDD18'),
    ),
    cooling: Type.Object(
      { actual: Type.Number(), baseline: Type.Number() },
      about('Cooling degree days', '空调度日数 CDD26'),
    ),
    perHeating: Amount('Use per heating degree day', '每采暖度日用量'),
    perCooling: Amount('Use per cooling degree day', '每空调度日用量'),
    explained: Amount('R² of the line through last year’s days', '回归的决定系数 R²'),
  }),
  about(
    'This year against what last year’s school would have used in this year’s weather',
    '气温修正：与去年的学校在今年天气下的用量相比',
  ),
);

const CusumShape = orNull(
  Type.Object({
    expected: Type.Enum(
      ['aligned', 'calendar'],
      about('Where the expected use comes from', '预期用量来源：校历对齐或同日期'),
    ),
    points: Type.Array(Type.Object({ day: Type.String(), value: Type.Number() })),
    changed: orNull(
      Type.Object({
        day: Day('Since when', '起始日'),
        before: Amount('Above expectation per day, before', '此前每日高于预期'),
        since: Amount('Since then', '此后每日高于预期'),
        text: BothTexts('In words', '说明'),
      }),
      about(
        'The last change of slope; null where there is none, or bills are spread over the days',
        '最近一次斜率变化；无变化或含账单均摊的日子时为 null',
      ),
    ),
  }),
  about('CUSUM: running Σ(actual − expected)', '累积和（CUSUM）：Σ（实际 − 预期）'),
);

const TraceShape = Type.Object(
  {
    reports: Type.Array(
      Type.Object({ reported: Time('When', '报告时间'), ...comparison }),
      about('What was reported of this very period', '本时段历次报告的数'),
    ),
    isChanged: Type.Boolean(about('It is no longer what was reported', '与最近报告不同')),
    text: orNull(BothTexts('In words', '说明'), about('What it was, and what it is now', '变更')),
    causes: Type.Array(
      Type.Object({
        kind: Type.Enum([...CAUSES]),
        recorded: Time('When', '记录时间'),
        text: BothTexts('In words', '说明'),
      }),
      about('What was recorded about it since the first report', '首次报告以来影响该数的记录'),
    ),
  },
  about('Figures that were reported are kept', '已报数据的变更痕迹'),
);

export const QUALITY_KINDS = [
  ...FAULTS,
  'revised',
  'corrected',
  'gap',
  'calendar',
  'no-meters',
] as const;

export const TargetShape = Type.Object({
  target: Type.Enum([...UTILITIES]),
  campus: Type.String(),
  unit: Type.String(),
  from: Day('The first day', '起始日'),
  to: Day('The last day', '截止日（含）'),
  through: Day('The last day that counts: yesterday at most', '统计至（含），最晚为昨天'),
  ...comparison,
  goal: Type.Number(about('The change to be reached, %', '目标变化率 %，例如 −5')),
  basis: BothTexts('How it was calculated', '计算口径'),
  used: Amount('All that is known of this year’s period', '本时段全部已知用量'),
  adjusted: AdjustedShape,
  aligned: AlignedShape,
  degreeDays: DegreeDaysShape,
  disagreement: orNull(
    BothTexts('The methods differ about the verdict', '各口径结论不一致'),
    about('null: they agree', 'null 为一致'),
  ),
  perPupil: PerUnit('Per pupil', '人均'),
  perArea: PerUnit('Per m²', '单位面积'),
  pace: Type.Object({ period: PaceShape, month: PaceShape, year: PaceShape }),
  forecast: ForecastShape,
  cusum: CusumShape,
  cost: orNull(
    Type.Object({
      amount: Amount('What was priced', '计价用量'),
      cost: Amount('Yuan', '费用（元）'),
      unpriced: Amount('No price is known for it', '无价格的用量'),
      periods: Type.Array(
        Type.Object({ name: Type.String(), amount: Type.Number(), cost: Type.Number() }),
        about('By period of the tariff', '按峰谷平时段'),
      ),
    }),
    about('Of what was used, by the meters', '费用（按表计）'),
  ),
  coal: Amount('Standard coal of what was used, kgce', '折标准煤 kgce'),
  co2: Maybe('CO₂ of electricity from the grid, kg', '用电的二氧化碳排放 kg'),
  trace: TraceShape,
  quality: Type.Array(
    Type.Object({
      kind: Type.Enum([...QUALITY_KINDS]),
      meter: Type.Optional(Type.String()),
      from: Type.Optional(Time('From', '起')),
      to: Type.Optional(Time('To', '止')),
      text: BothTexts('In words', '说明'),
    }),
    about('What a person may ask about the figure', '数据质量说明'),
  ),
});
export type TargetAnswer = Static<typeof TargetShape>;
export type ComparisonAnswer = Pick<
  TargetAnswer,
  'actual' | 'baseline' | 'change' | 'coverage' | 'verdict'
>;

export const TargetsShape = Type.Object({
  campus: Type.String(),
  from: Day('The first day', '起始日'),
  to: Day('The last day', '截止日（含）'),
  verdict: VerdictShape,
  electricity: TargetShape,
  water: TargetShape,
});
