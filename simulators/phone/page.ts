import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';

/** One page that loads nothing from elsewhere and runs no script but its own. */
export function addPage(app: FastifyInstance): void {
  const page = readFileSync(join(import.meta.dirname, '../phone.html'), 'utf8');
  const screen = readFileSync(join(import.meta.dirname, 'screen.js'), 'utf8');
  const script = /<script type="module">([\s\S]*)<\/script>/.exec(page)?.[1] ?? '';
  const hash = createHash('sha256').update(script).digest('base64');
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${hash}' 'self'`,
    "style-src 'unsafe-inline'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  app.get('/', (_request, reply) =>
    reply
      .header('content-security-policy', policy)
      .header('referrer-policy', 'no-referrer')
      .type('text/html; charset=utf-8')
      .send(page),
  );
  app.get('/screen.js', (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(screen),
  );
}
