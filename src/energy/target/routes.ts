import { Type } from 'typebox';
import type { App } from '../../http/app.ts';
import { failures } from '../../http/shapes.ts';
import { about, DateOnly, Id } from '../../validation.ts';
import { UTILITIES } from '../utility.ts';
import { TargetShape, TargetsShape } from './shapes.ts';
import type { Targets } from './targets.ts';

const closed = { additionalProperties: false };

const Query = Type.Object(
  {
    campus: Type.Optional(Id(about('Needed where there are several', '有多所学校时必填'))),
    from: Type.Optional(
      DateOnly(about('The first day; else 1 January', '起始日，缺省为当年 1 月 1 日')),
    ),
    to: Type.Optional(DateOnly(about('The last day; else yesterday', '截止日（含），缺省为昨天'))),
  },
  closed,
);

/** Adds the routes of the electricity and water targets. */
export function addTargetRoutes(app: App, { targets }: { targets: Targets }): void {
  app.get(
    '/api/v1/energy/target/:utility',
    {
      schema: {
        tags: ['campus'],
        summary: '水电目标 / The target of electricity or water',
        description:
          'This year against last: official figure, coverage and verdict; aligned, adjusted and per-head figures, pace, forecast, cost; what was reported before. Changes and goals are in %, coverage is 0–1.',
        params: Type.Object({ utility: Type.Enum([...UTILITIES]) }),
        querystring: Query,
        response: { 200: TargetShape, ...failures },
      },
    },
    ({ params, query }) => targets.answer(params.utility, query),
  );

  app.get(
    '/api/v1/energy/targets',
    {
      schema: {
        tags: ['campus'],
        summary: '水电目标汇总 / Electricity and water side by side',
        description: 'Each for itself – kWh and m³ are never added – and whether both are met.',
        querystring: Query,
        response: { 200: TargetsShape, ...failures },
      },
    },
    ({ query }) => targets.both(query),
  );
}
