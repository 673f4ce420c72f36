import { pipeline, type Readable, Transform } from 'node:stream';
import { Type } from 'typebox';
import type { Millis } from '../clock.ts';
import { CodedError, describe } from '../errors.ts';
import { about, secret } from '../validation.ts';
import type { App } from './app.ts';
import type { HttpParts } from './parts.ts';
import { BothTexts, failures } from './shapes.ts';

const MAX_IMPORT = 1024 * 1024 * 1024;
/** Both take as long as there is data. */
const LONG: Millis = 6 * 3_600_000;

const ImportShape = Type.Object({
  rows: Type.Integer(about('Lines read', '读取行数')),
  stored: Type.Integer(),
  duplicates: Type.Integer(about('Already kept with the same value', '已存在且相同')),
  refused: Type.Integer(),
  refusals: Type.Array(
    Type.Object({
      line: Type.Integer(),
      code: Type.String(),
      message: BothTexts('Why', '原因'),
    }),
    about('The first of them', '前若干条'),
  ),
});

const BackupShape = Type.Object({
  file: Type.String(),
  bytes: Type.Integer(),
  files: Type.Integer(about('Attachments beside it', '附件数')),
  missingFiles: Type.Array(
    Type.String(),
    about('Hashes of attachments that are gone or damaged', '缺失或损坏的附件'),
  ),
});

/** Adds the routes that the command line and installers use. */
export function addOperationRoutes(app: App, parts: HttpParts): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // the handler reads the body itself, as it comes
    scope.addContentTypeParser('text/csv', (_request, payload, done) => done(null, payload));
    addImportRoute(scope.withTypeProvider(), parts);
  });

  app.post(
    '/api/v1/backups',
    {
      config: { privileged: true },
      handlerTimeout: LONG,
      schema: {
        tags: ['machine'],
        summary: '备份 / Write a backup',
        description:
          'Writes a checked copy of the database to a file on the gateway’s machine, and the canteen’s photos and scans into the folder `attachments` beside it.',
        body: Type.Object(
          {
            file: Type.String({
              minLength: 1,
              maxLength: 4096,
              ...about('A path that does not exist yet', '尚不存在的文件路径'),
            }),
          },
          { additionalProperties: false },
        ),
        response: {
          200: BackupShape,
          ...failures,
        },
      },
    },
    async ({ body }) => parts.backup(body.file),
  );

  app.post(
    '/api/v1/credentials',
    {
      config: { privileged: true },
      schema: {
        tags: ['machine'],
        summary: '设备凭据 / Set a device’s MQTT credentials',
        description: 'Sets the MQTT password of a user name; the one before no longer works.',
        body: Type.Object(
          {
            username: Type.String({ minLength: 1, maxLength: 200 }),
            password: Type.String({
              minLength: 8,
              maxLength: 200,
              ...about('8 to 200 characters', '8 到 200 个字符'),
              ...secret,
            }),
          },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ username: Type.String() }), ...failures },
      },
    },
    async ({ body: { username, password } }) => {
      await parts.addCredential(username, password);
      return { username };
    },
  );
}

function addImportRoute(app: App, parts: HttpParts): void {
  app.post(
    '/api/v1/imports/readings',
    {
      handlerTimeout: LONG,
      schema: {
        tags: ['data'],
        summary: '导入历史读数 / Import readings',
        description:
          'Takes a CSV (`time,device,metric,value`) as history. It raises and clears no alarm, and doing it again changes nothing.',
        consumes: ['text/csv'],
        body: Type.Unsafe<Readable>(about('The file; at most 1 GiB', '文件内容，最大 1 GiB')),
        response: { 200: ImportShape, ...failures },
      },
    },
    async ({ body }) => {
      const { refusals, ...counts } = await parts.importReadings(bounded(body, MAX_IMPORT));
      return {
        ...counts,
        refusals: refusals.map(({ line, error: { code, params } }) => ({
          line,
          code,
          message: describe(code, params).message,
        })),
      };
    },
  );
}

/** Passes a stream on until it has been too much. */
function bounded(source: Readable, limit: number): Readable {
  let bytes = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > limit) done(new CodedError('REQUEST_TOO_LARGE', { limit }));
      else done(null, chunk);
    },
  });
  // an error of either ends both, and reaches whoever reads
  return pipeline(source, counter, () => undefined);
}
