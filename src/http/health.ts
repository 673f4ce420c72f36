import { Type } from 'typebox';
import { about } from '../validation.ts';
import type { App } from './app.ts';
import type { HttpParts } from './parts.ts';
import { failures } from './shapes.ts';

const HealthShape = Type.Object({
  ok: Type.Boolean(about('Every part is well', '各部分均正常')),
  ready: Type.Boolean(about('Started, and taking readings', '已启动并接收读数')),
  version: Type.String(),
  parts: Type.Record(
    Type.String(),
    Type.Object({
      ok: Type.Boolean(),
      problem: Type.Optional(Type.String()),
      figures: Type.Optional(Type.Record(Type.String(), Type.Number())),
    }),
  ),
});

const ReadyShape = Type.Object({ ready: Type.Boolean() });

/** Adds the routes that watchers ask: health, readiness and metrics. */
export function addHealthRoutes(app: App, parts: HttpParts): void {
  app.get(
    '/health',
    {
      config: { open: true },
      schema: {
        tags: ['machine'],
        summary: '健康状况 / Health',
        description: 'How each part is: 200 when all are well, else 503.',
        security: [],
        response: { 200: HealthShape, 503: HealthShape },
      },
    },
    async (_request, reply) => {
      const { ok, ready, parts: all } = parts.health();
      reply.code(ok ? 200 : 503);
      return { ok, ready, version: parts.version, parts: all };
    },
  );

  app.get(
    '/ready',
    {
      config: { open: true },
      schema: {
        tags: ['machine'],
        summary: '是否就绪 / Readiness',
        description: '200 when readings are taken, else 503.',
        security: [],
        response: { 200: ReadyShape, 503: ReadyShape },
      },
    },
    async (_request, reply) => {
      const { ready } = parts.health();
      reply.code(ready ? 200 : 503);
      return { ready };
    },
  );

  app.get(
    '/metrics',
    {
      schema: {
        tags: ['machine'],
        summary: '运行指标 / Metrics',
        description: 'What Prometheus reads.',
        response: {
          200: {
            description: 'Prometheus text format',
            content: { 'text/plain': { schema: Type.String() } },
          },
          ...failures,
        },
      },
    },
    async (_request, reply) => {
      reply.type(parts.registry.contentType);
      return parts.registry.metrics();
    },
  );
}
