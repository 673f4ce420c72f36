import { Type } from 'typebox';
import type { App } from '../http/app.ts';
import type { HttpParts } from '../http/parts.ts';
import { failures } from '../http/shapes.ts';
import { about, DateOnly, Id } from '../validation.ts';
import { checkValues } from './books.ts';
import { cancelDish, serve } from './meals.ts';
import { Dish, Reason, Sample } from './records.ts';
import {
  act,
  actOf,
  actWithReason,
  answers,
  ask,
  CampusQuery,
  closed,
  contentOf,
  RecordPath,
  send,
} from './routes-common.ts';
import { disposeSample, sampleLabel, takeSample } from './samples.ts';
import { DishSamplesShape, DishShape, SampleShape } from './shapes.ts';

/** Adds the routes of dishes and food samples. */
export function addKitchenRoutes(app: App, parts: HttpParts): void {
  const books = parts.canteen;

  app.post(
    '/api/v1/canteen/dishes',
    {
      schema: {
        tags: ['canteen'],
        summary: '菜单：一道菜 / Serve a dish',
        description: 'A dish of a meal, and who eats of it. Its id is the dish’s.',
        body: Type.Object({ ...act, ...Dish.properties }, closed),
        response: answers(DishShape),
      },
    },
    async ({ body }, reply) => send(reply, serve(books, actOf(body), contentOf(body))),
  );

  app.post(
    '/api/v1/canteen/dishes/:id/cancellation',
    {
      schema: {
        tags: ['canteen'],
        summary: '取消菜品 / Cancel a dish',
        description: 'It was not served after all; refused once it has ingredients or a sample.',
        params: RecordPath,
        body: Type.Object(actWithReason, closed),
        response: answers(Type.Object({ cancelled: Type.String() })),
      },
    },
    async ({ params: { id }, body }, reply) => {
      cancelDish(books, { ...actOf(body), reason: body.reason }, id);
      return send(reply, { cancelled: id });
    },
  );

  app.post(
    '/api/v1/canteen/samples',
    {
      schema: {
        tags: ['canteen'],
        summary: '留样 / Take a food sample',
        description: 'Of a dish: at least 125 g, into a fridge at 0–8 ℃, for 48 hours.',
        body: Type.Object({ ...act, ...Sample.properties }, closed),
        response: answers(SampleShape),
      },
    },
    async ({ body }, reply) => send(reply, takeSample(books, actOf(body), contentOf(body))),
  );

  app.post(
    '/api/v1/canteen/samples/:id/disposal',
    {
      schema: {
        tags: ['canteen'],
        summary: '留样销毁 / Destroy a food sample',
        description: 'Before its 48 hours are over only with a reason.',
        params: RecordPath,
        body: Type.Object({ ...act, reason: Type.Optional(Reason()) }, closed),
        response: answers(SampleShape),
      },
    },
    async ({ params: { id }, body }, reply) =>
      send(reply, disposeSample(books, { ...actOf(body), reason: body.reason }, id)),
  );

  app.get(
    '/api/v1/canteen/samples',
    {
      schema: {
        tags: ['canteen'],
        summary: '留样检查 / Food samples of a day',
        description:
          'Every dish of the day with its samples, and what is not as it must be: none taken, too small, out of 0–8 ℃, no readings, destroyed early.',
        querystring: Type.Object({ campus: Id(), day: DateOnly() }, closed),
        response: answers(Type.Object({ dishes: Type.Array(DishSamplesShape) })),
      },
    },
    async ({ query: { campus, day } }, reply) => {
      checkValues('query', { day });
      return ask(parts, reply, campus, { kind: 'samples', day });
    },
  );

  app.get(
    '/api/v1/canteen/samples/:id/label',
    {
      schema: {
        tags: ['canteen'],
        summary: '留样标签 / Label of a food sample',
        description: 'The text to print and stick onto the box.',
        params: RecordPath,
        querystring: CampusQuery,
        response: {
          200: {
            description: 'A text',
            content: { 'text/plain': { schema: Type.String(about('Lines', '标签文字')) } },
          },
          ...failures,
        },
      },
    },
    async ({ params: { id }, query: { campus } }, reply) =>
      reply.type('text/plain; charset=utf-8').send(sampleLabel(books, campus, id)),
  );
}
