import type { FastifyInstance } from 'fastify';

/** `/faults` as the simulator's control interface has it, so that the page needs one origin only. */
export function addFaultProxy(app: FastifyInstance, controlUrl: () => string | undefined): void {
  app.route<{ Params: { id?: string } }>({
    method: ['GET', 'POST', 'DELETE'],
    url: '/faults/:id?',
    async handler(request, reply) {
      const base = controlUrl();
      if (base === undefined) return reply.code(404).send({ error: 'no simulator' });
      if (request.method === 'POST' && request.body === undefined) {
        return reply.code(415).send({ error: 'JSON only' });
      }
      const { id } = request.params;
      const response = await fetch(
        `${base}/faults${id === undefined ? '' : `/${encodeURIComponent(id)}`}`,
        {
          method: request.method,
          ...(request.method === 'POST'
            ? {
                headers: { 'content-type': 'application/json' },
                body: JSON.stringify(request.body),
              }
            : {}),
          signal: AbortSignal.timeout(5000),
        },
      );
      return reply
        .code(response.status)
        .type('application/json; charset=utf-8')
        .send(await response.text());
    },
  });
}
