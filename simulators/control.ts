import Fastify, { type FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Configuration } from '../src/campus/model.ts';
import { listen } from '../src/http/listen.ts';
import { schemaMistakes } from '../src/schema-mistakes.ts';
import { FAULT_NAMES, type Fault, FaultError, FaultRequest, faultInfo } from './faults.ts';

/** Devices shown for each fault. */
const MAX_SHOWN = 200;

/** What the simulator lets the outside do. */
export interface Controls {
  startFault(request: FaultRequest): Fault;
  endFault(id: string): boolean;
  activeFaults(): Fault[];
  status(): unknown;
}

/** The answer to a fault that was started. */
export const FaultShown = Type.Object({
  id: Type.String(),
  fault: Type.Enum(FAULT_NAMES),
  zh: Type.String(),
  en: Type.String(),
  devices: Type.Array(Type.String()),
});
export type FaultShown = Static<typeof FaultShown>;

const Words = Type.Object({ zh: Type.String(), en: Type.String() });

/** The answer to what can't be done. */
export const Refusal = Type.Object({
  error: Type.Array(
    Type.Object({
      path: Type.Optional(Type.String()),
      allowed: Type.Optional(Words),
      message: Type.Optional(Type.Union([Type.String(), Words])),
    }),
  ),
});

/** The answer to `GET /faults`. */
export const FaultList = Type.Object({
  active: Type.Array(FaultShown),
  catalogue: Type.Array(
    Type.Object({
      fault: Type.Enum(FAULT_NAMES),
      zh: Type.String(),
      en: Type.String(),
      rate: Type.Boolean(),
      devices: Type.Array(
        Type.Object({ key: Type.String(), name: Type.String(), zone: Type.String() }),
      ),
    }),
  ),
});
export type FaultList = Static<typeof FaultList>;

/**
 * Faults on request over HTTP, loopback only:
 * `GET /faults`, `POST /faults {fault, device, for?, rate?}`, `DELETE /faults/:id`, `GET /status`.
 * @param port 0 picks a free one
 */
export async function startControl(
  port: number,
  configuration: Configuration,
  controls: Controls,
): Promise<{ url: string; stop(): Promise<void> }> {
  const app = Fastify({ bodyLimit: 4096, forceCloseConnections: true });
  // a page of another site can send plain text without being asked, but no JSON
  app.removeContentTypeParser('text/plain');
  addRoutes(app, configuration, controls);
  const url = await listen(app, '127.0.0.1', port, '故障控制 faults');
  return { url, stop: () => app.close() };
}

function addRoutes(app: FastifyInstance, configuration: Configuration, controls: Controls): void {
  const show = ({ id, fault, devices }: Fault) => {
    const { zh, en } = faultInfo(fault);
    return { id, fault, zh, en, devices: [...devices] };
  };

  app.get('/status', () => controls.status());

  app.get('/faults', (): FaultList => {
    const devices = [...configuration.devices.values()];
    return {
      active: controls.activeFaults().map(show),
      catalogue: FAULT_NAMES.map((fault) => {
        const { zh, en, rate, fits } = faultInfo(fault);
        const fitting = devices.filter(fits).slice(0, MAX_SHOWN);
        return {
          fault,
          zh,
          en,
          rate: rate !== undefined,
          devices: fitting.map(({ key, name, zone }) => ({ key, name, zone: zone.path })),
        };
      }),
    };
  });

  app.post('/faults', (request, reply) => {
    const mistakes = schemaMistakes(FaultRequest, request.body);
    if (mistakes.length > 0) {
      const error = mistakes.map(({ path, allowed }) => ({ path: path.join('.'), allowed }));
      return reply.code(400).send({ error });
    }
    try {
      return reply
        .code(201)
        .send(show(controls.startFault(Value.Parse(FaultRequest, request.body))));
    } catch (error) {
      if (!(error instanceof FaultError)) throw error;
      const { part, allowed, message } = error;
      return reply.code(400).send({ error: [{ path: part, allowed, message }] });
    }
  });

  app.delete<{ Params: { id: string } }>('/faults/:id', (request, reply) => {
    const ended = controls.endFault(request.params.id);
    const message = { zh: '没有这个正在发生的故障', en: 'no such fault lasts' };
    return ended ? reply.code(204).send() : reply.code(404).send({ error: [{ message }] });
  });
}
