import { Type } from 'typebox';
import type { App } from '../http/app.ts';
import type { HttpParts } from '../http/parts.ts';
import { BothTexts, failures } from '../http/shapes.ts';
import { requestInvalid } from '../http/validator.ts';
import { about, Id, Name, NOTHING } from '../validation.ts';
import { MAX_ATTACHMENT, readAttachment, saveAttachment } from './attachments.ts';
import { importDeliveries } from './deliveries.ts';
import { FileHash } from './records.ts';
import { answers, closed, send } from './routes-common.ts';
import { XLSX } from './routes-exports.ts';

const TYPES = ['image/jpeg', 'image/png', 'application/pdf'];
const MAX_TABLE = 5 * 1024 * 1024;
const IMPORT_TIMEOUT = 600_000;

/** Adds the routes of attachments and of files of deliveries. */
export function addFileRoutes(app: App, parts: HttpParts): void {
  app.register(async (plain) => {
    plain.removeAllContentTypeParsers();
    plain.addContentTypeParser(
      [...TYPES, 'application/octet-stream'],
      { parseAs: 'buffer', bodyLimit: MAX_ATTACHMENT },
      (_request, content, done) => done(null, content),
    );
    plain.addContentTypeParser(
      ['text/csv', XLSX],
      { parseAs: 'buffer', bodyLimit: MAX_TABLE },
      (_request, content, done) => done(null, content),
    );
    const scope: App = plain.withTypeProvider();
    addUpload(scope, parts);
    addImport(scope, parts);
  });

  app.get(
    '/api/v1/canteen/files/:hash',
    {
      schema: {
        tags: ['canteen'],
        summary: '附件 / A photo or scan',
        description: 'As it was given; its hash is checked.',
        params: Type.Object({ hash: FileHash() }),
        response: {
          200: {
            description: 'The file',
            content: Object.fromEntries(
              TYPES.map((type) => [type, { schema: Type.Unsafe<Buffer>(Type.String()) }]),
            ),
          },
          ...failures,
        },
      },
    },
    async ({ params: { hash } }, reply) => {
      const { type, content } = await readAttachment(parts.canteen, hash);
      return reply.type(type).header('content-disposition', 'attachment').send(content);
    },
  );
}

function addUpload(scope: App, { canteen: books }: HttpParts): void {
  scope.post(
    '/api/v1/canteen/files',
    {
      bodyLimit: MAX_ATTACHMENT,
      schema: {
        tags: ['canteen'],
        summary: '上传照片或扫描件 / Upload a photo or scan',
        description:
          'JPEG, PNG or PDF, at most 10 MiB; what it is, is read from its content. The answered hash stands for it in other records.',
        consumes: TYPES,
        querystring: Type.Object(
          { name: Type.Optional(Name(about('For people; never a path', '仅供显示'))) },
          closed,
        ),
        body: Type.Unsafe<Buffer>(about('The file', '文件内容')),
        response: answers(
          Type.Object({ hash: FileHash(), type: Type.String(), bytes: Type.Integer() }),
        ),
      },
    },
    async ({ body, query: { name } }, reply) => {
      if (!Buffer.isBuffer(body)) throw noContent();
      return send(reply, await saveAttachment(books, body, name));
    },
  );
}

function addImport(scope: App, { canteen: books }: HttpParts): void {
  scope.post(
    '/api/v1/canteen/deliveries',
    {
      bodyLimit: MAX_TABLE,
      handlerTimeout: IMPORT_TIMEOUT,
      schema: {
        tags: ['canteen'],
        summary: '导入进货台账 / Import deliveries',
        description:
          'A CSV or XLSX with a line of headings, in Chinese or English. Good lines are taken, mistakes are named by line and column; importing the file again takes nothing twice. What looks like a formula is text.',
        consumes: ['text/csv', XLSX],
        querystring: Type.Object({ campus: Id(), person: Name() }, closed),
        body: Type.Unsafe<Buffer>(about('At most 5 MiB and 5 000 lines', '最大 5 MiB、5000 行')),
        response: answers(
          Type.Object({
            rows: Type.Integer(),
            imported: Type.Integer(about('New batches', '新导入批次')),
            known: Type.Integer(about('Taken before', '此前已导入')),
            mistakes: Type.Array(
              Type.Object({
                line: Type.Integer(),
                column: Type.Optional(Type.String()),
                code: Type.String(),
                message: BothTexts('Why', '原因'),
              }),
            ),
          }),
        ),
      },
    },
    async ({ body, query: { campus, person } }, reply) => {
      if (!Buffer.isBuffer(body)) throw noContent();
      return send(reply, await importDeliveries(books, campus, person, body));
    },
  );
}

const noContent = () => requestInvalid('body', NOTHING, { en: 'the file', zh: '文件内容' });
