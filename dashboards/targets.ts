import { is, likeVariable, type Select } from './influxql.ts';
import { COLOURS, GOOD } from './limits.ts';
import type { Medium } from './media.ts';
import { TARGETS, type TargetName } from './model.ts';
import { overrideByName, property, valueMap } from './names.ts';
import { type Placeable, series, stat, table } from './panels.ts';
import type { Site } from './site.ts';

/** The plan belongs to the campus; zones and devices don't narrow it. */
const CAMPUS = likeVariable('campus');

const ofTarget = (target: TargetName, range?: string): Select => ({
  select: ['last("value") AS "value"'],
  from: ['target'],
  where: [CAMPUS, is('target', target)],
  ...(range === undefined ? {} : { range }),
  by: ['campus'],
});

/** A target is worked out once a day at least. */
const LATEST = '40d';
/** Those of electricity and water are: on a day of which too little is known the panel stays empty. */
const LATEST_DAY = '2d';

const changeSteps = (reduction: number) => [
  { value: null, color: GOOD },
  { value: -reduction, color: COLOURS.info },
  { value: 0, color: COLOURS.major },
];

export const changePanel = (site: Site, medium: Medium): Placeable =>
  stat({
    title: `${medium.zh}同比`,
    description: `Do we meet the ${medium.reduction(site)} % less ${medium.en} than last year? The newest calendar comparison; green: met, yellow: less than last year but not enough, red: more. No figure below 90 % coverage.`,
    queries: [{ query: ofTarget(medium.target, LATEST_DAY), as: '$tag_campus' }],
    unit: 'percent',
    decimals: 1,
    steps: changeSteps(medium.reduction(site)),
    overrides: campusNames(site),
    empty: '数据不足',
  });

export const changeOverTime = (site: Site, medium: Medium): Placeable =>
  series({
    title: `${medium.zh}同比走势`,
    description: `Are we getting closer to ${medium.reduction(site)} % less ${medium.en}? The comparison as it stood each day; it must end below the dashed line.`,
    queries: [
      {
        query: {
          ...ofTarget(medium.target),
          every: '1d',
          fill: 'none',
          timezone: site.timezone,
        },
        as: '$tag_campus',
      },
    ],
    unit: 'percent',
    decimals: 1,
    steps: changeSteps(medium.reduction(site)),
    limits: true,
    overrides: campusNames(site),
    empty: '数据不足',
  });

/** Drills held this term, against the plan. */
export const drillsPanel = (site: Site): Placeable =>
  stat({
    title: `本学期演练（目标 ${site.targets.drillsPerTerm} 次）`,
    description: `Have we held the ${site.targets.drillsPerTerm} drills of this term? Counted on distinct days; cancelled ones don't count.`,
    queries: [{ query: ofTarget('drills', LATEST), as: '$tag_campus' }],
    unit: 'none',
    decimals: 0,
    steps: [
      { value: null, color: COLOURS.minor },
      { value: site.targets.drillsPerTerm, color: GOOD },
    ],
    overrides: campusNames(site),
    empty: '尚无记录',
  });

/** Every figure of the plan: value, goal, coverage and verdict. */
export const scoreboard = (site: Site): Placeable =>
  table({
    title: '年度目标',
    description:
      "Where do we stand against the year's plan? The newest figure of each target with its goal, how much of the period it covers, and the verdict.",
    queries: [
      {
        query: {
          select: ['"value"', '"goal"', '"coverage"', '"verdict"', '"target"', '"campus"'],
          from: [
            {
              select: ['last("value") AS "value"', '"goal"', '"coverage"', '"verdict"'],
              from: ['target'],
              where: [CAMPUS],
              range: LATEST,
              by: ['campus', 'target'],
            },
          ],
        },
      },
    ],
    overrides: [
      overrideByName('Time', property('displayName', '截至'), property('custom.width', 170)),
      overrideByName('target', property('displayName', '目标'), mapped(Object.entries(TARGETS))),
      overrideByName('value', property('displayName', '现值'), property('decimals', 1)),
      overrideByName('goal', property('displayName', '目标值'), property('decimals', 1)),
      overrideByName(
        'coverage',
        property('displayName', '数据覆盖'),
        property('unit', 'percent'),
        property('decimals', 0),
      ),
      overrideByName(
        'verdict',
        property('displayName', '结论'),
        mapped([
          ['met', '达标', GOOD],
          ['missed', '未达标', COLOURS.major],
          ['insufficient', '数据不足', COLOURS.info],
        ]),
        property('custom.cellOptions', { type: 'color-background' }),
      ),
      overrideByName(
        'campus',
        property('displayName', '学校'),
        mapped(site.campuses.map(({ id, name }) => [id, name])),
      ),
    ],
    sortBy: '目标',
    ascending: true,
    empty: '尚无目标数据',
  });

const mapped = (pairs: readonly (readonly [string, string, string?])[]) =>
  property('mappings', [valueMap(pairs)]);

const campusNames = (site: Site) =>
  site.campuses.map(({ id, name }) => overrideByName(id, property('displayName', name)));
