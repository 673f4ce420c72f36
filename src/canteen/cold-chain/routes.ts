import { Type } from 'typebox';
import { localMoment } from '../../campus/school-days.ts';
import type { App } from '../../http/app.ts';
import type { HttpParts } from '../../http/parts.ts';
import { about, DateOnly, Id } from '../../validation.ts';
import { checkValues, needCampus } from '../books.ts';
import { rangeOf } from '../periods.ts';
import { answers, ask, closed } from '../routes-common.ts';
import { RecordShape, UnitShape, UnitWithExcursionsShape } from './shapes.ts';

const Days = {
  campus: Id(),
  from: Type.Optional(DateOnly(about('The first day; else today', '起始日，缺省为今天'))),
  to: Type.Optional(DateOnly(about('The last day; else `from`', '截止日，缺省为起始日'))),
};

/** Adds the routes of the cold chain. */
export function addColdChainRoutes(app: App, parts: HttpParts): void {
  /** In the campus's days. */
  const spanOf = (campus: string, from?: string, to?: string) => {
    checkValues('query', { from, to });
    const known = needCampus(parts.canteen, campus);
    const first = from ?? localMoment(parts.clock.now(), known.timezone).day;
    return rangeOf(known, first, to ?? first);
  };

  app.get(
    '/api/v1/canteen/cold-chain/units',
    {
      schema: {
        tags: ['canteen'],
        summary: '冷链设备 / Cold units',
        description:
          'Limits, windows, calibration, the temperature now, and the time in range, out of range and unknown of some days; the three add up to the whole.',
        querystring: Type.Object(Days, closed),
        response: answers(Type.Object({ units: Type.Array(UnitShape) })),
      },
    },
    async ({ query: { campus, from, to } }, reply) =>
      ask(parts, reply, campus, { kind: 'cold-units', ...spanOf(campus, from, to) }),
  );

  app.get(
    '/api/v1/canteen/cold-chain/units/:id',
    {
      schema: {
        tags: ['canteen'],
        summary: '一台冷链设备 / A cold unit',
        description:
          'As in the list, with its excursions and the defrost that it was seen to make.',
        params: Type.Object({ id: Id() }),
        querystring: Type.Object(Days, closed),
        response: answers(UnitWithExcursionsShape),
      },
    },
    async ({ params: { id }, query: { campus, from, to } }, reply) =>
      ask(parts, reply, campus, { kind: 'cold-unit', unit: id, ...spanOf(campus, from, to) }),
  );

  app.get(
    '/api/v1/canteen/cold-chain/records',
    {
      schema: {
        tags: ['canteen'],
        summary: '温度记录 / The temperature record of a day',
        description:
          'Each unit at the configured times, and every excursion with what was done and by whom. What is missing is said. Late readings change it.',
        querystring: Type.Object(
          { campus: Id(), day: DateOnly(), unit: Type.Optional(Id()) },
          closed,
        ),
        response: answers(RecordShape),
      },
    },
    async ({ query: { campus, day, unit } }, reply) => {
      checkValues('query', { day });
      return ask(parts, reply, campus, { kind: 'temperature-record', day, unit });
    },
  );
}
