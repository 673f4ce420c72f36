import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { Type } from 'typebox';
import type { App } from './app.ts';

const TAGS = [
  { name: 'campus', description: '学校与设备 / campuses and devices' },
  { name: 'alarms', description: '报警 / alarms' },
  { name: 'canteen', description: '食堂：进货、库存、留样与溯源 / the canteen' },
  { name: 'live', description: '实时数据 / what happens now' },
  { name: 'data', description: '数据导入与死信 / imports and dead letters' },
  { name: 'machine', description: '本机运维 / the machine itself' },
  { name: 'pages', description: '网页 / pages for people' },
];

/**
 * Serves the description of the API: `/api/openapi.json`, and pages to read and try it at
 * `/api/docs`. Everything comes from this machine. To be called before any route is added.
 */
export async function addDocuments(app: App, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: '校园网关 Campus Gateway',
        version,
        description:
          '读数、报警与值班通知。时间均为 ISO 8601；缺失的键表示尚未发生或不适用。' +
          ' Readings, alarms and the duty phone. Times are ISO 8601; an absent key has not happened or does not apply.',
      },
      tags: TAGS,
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{}, { token: [] }],
    },
    refResolver: {
      buildLocalReference: ({ $id }, _base, _fragment, i) => String($id ?? `def-${i}`),
    },
    transformObject: (document) =>
      'openapiObject' in document ? bothLanguages(document.openapiObject) : document.swaggerObject,
  });
  await app.register(swaggerUi, {
    routePrefix: '/api/docs',
    staticCSP:
      "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; " +
      "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    theme: { title: '校园网关 API' },
    uiConfig: { docExpansion: 'list', deepLinking: false, layout: 'BaseLayout' },
  });
}

/** Adds the route of the document itself. */
export function addDocumentRoute(app: App): void {
  app.get(
    '/api/openapi.json',
    {
      schema: {
        tags: ['machine'],
        summary: '接口描述 / This description',
        description: 'The API as OpenAPI 3.1.',
        response: { 200: Type.Unsafe<object>({ type: 'object', additionalProperties: true }) },
      },
    },
    async () => app.swagger(),
  );
}

type Node = Record<string, unknown>;

/** Puts the Chinese of `about()` beside the English, and leaves out keys OpenAPI doesn't know. */
function bothLanguages<T>(document: T): T {
  return JSON.parse(JSON.stringify(document), (_key, value: unknown) =>
    isNode(value) ? translate(value) : value,
  );
}

/** Inner nodes come first. */
function translate({ descriptionZh, allowed, ...node }: Node): Node {
  // a property may well be called `allowed`; the words of a schema are its text
  if (isNode(allowed) && typeof allowed.zh !== 'string') node.allowed = allowed;
  if (descriptionZh !== undefined) {
    const { description } = node;
    node.description = description ? `${descriptionZh} / ${description}` : descriptionZh;
  }
  // of a parameter the English stands outside its schema; what has a default need not be given
  if (node.in !== undefined && isNode(node.schema)) {
    const { description, ...schema } = node.schema;
    if (description !== undefined) node.description = `${description} / ${node.description}`;
    if (schema.default !== undefined) node.required = false;
    node.schema = schema;
  }
  return node;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
