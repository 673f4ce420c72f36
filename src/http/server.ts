import Fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import { addCanteenRoutes } from '../canteen/routes.ts';
import type { Millis } from '../clock.ts';
import { addEnergyRoutes } from '../energy/routes.ts';
import { addBaselineRoutes } from '../energy/routes-baseline.ts';
import { addTargetRoutes } from '../energy/target/routes.ts';
import { CodedError } from '../errors.ts';
import { addInfluxRoutes } from '../influx/routes.ts';
import { addAcknowledgeRoutes } from './acknowledge.ts';
import { addAlarmActionRoutes } from './alarm-actions.ts';
import { addAlarmStatisticsRoute } from './alarm-statistics.ts';
import { addAlarmRoutes } from './alarms.ts';
import type { App } from './app.ts';
import { addDeadLetterRoutes } from './dead-letters.ts';
import { addDeviceRoutes } from './devices.ts';
import { addDocumentRoute, addDocuments } from './documents.ts';
import { addDrillRoutes } from './drills.ts';
import { answerError, redact } from './errors.ts';
import { addHealthRoutes } from './health.ts';
import { addLiveRoute } from './live.ts';
import { addNoticeRoutes } from './notices.ts';
import { addNotifyRoutes } from './notify.ts';
import { OpenAlarms } from './open-alarms.ts';
import { addOperationRoutes } from './operations.ts';
import { addOutOfServiceRoutes } from './out-of-service.ts';
import type { HttpParts } from './parts.ts';
import { addReadingRoutes } from './readings.ts';
import { addRosterRoutes } from './roster.ts';
import { checkAddress, createGuard } from './security.ts';
import { ErrorShape } from './shapes.ts';
import { addShelfRoutes } from './shelves.ts';
import { addSmsReplyRoutes } from './sms-replies.ts';
import { addStartPage } from './start-page.ts';
import { validatorCompiler } from './validator.ts';

const MAX_BODY = 1024 * 1024;
const HANDLER_TIMEOUT: Millis = 30_000;
const HEADERS_TIMEOUT: Millis = 10_000;
const MAX_CONNECTIONS = 2_000;

/** Builds the pages and the API; it does not listen yet. Throws HTTP_WIDE_OPEN. */
export async function createHttpServer(parts: HttpParts): Promise<App> {
  const { token, controlToken } = parts;
  checkAddress(parts.configuration().machine.http.host, token !== undefined);

  const logger: FastifyBaseLogger = parts.log.child(
    {},
    // what Fastify says of a request must not hold the key that its address may be
    { serializers: { req: ({ method, url }) => ({ method, url: redact(String(url)) }) } },
  );
  const plain = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_BODY,
    handlerTimeout: HANDLER_TIMEOUT,
    http: { headersTimeout: HEADERS_TIMEOUT },
    forceCloseConnections: true,
    frameworkErrors: answerError,
  });
  const app: App = plain.withTypeProvider();
  app.setValidatorCompiler(validatorCompiler);
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(({ method, url }) => {
    throw new CodedError('ROUTE_UNKNOWN', { method, path: redact(url).slice(0, 200) });
  });
  app.addSchema(ErrorShape);
  app.addHook('onRequest', createGuard({ token, controlToken }));

  await addDocuments(app, parts.version);
  const openAlarms = new OpenAlarms(parts);
  addStartPage(app, parts, openAlarms);
  addAcknowledgeRoutes(app, parts);
  addDeviceRoutes(app, parts, openAlarms);
  addReadingRoutes(app, parts);
  addAlarmRoutes(app, parts);
  addAlarmStatisticsRoute(app, parts);
  addDrillRoutes(app, parts);
  addAlarmActionRoutes(app, parts);
  addShelfRoutes(app, parts);
  addOutOfServiceRoutes(app, parts);
  addSmsReplyRoutes(app, parts);
  addRosterRoutes(app, parts);
  addNoticeRoutes(app, parts);
  addNotifyRoutes(app, parts);
  addLiveRoute(app, parts);
  addDeadLetterRoutes(app, parts);
  addOperationRoutes(app, parts);
  addInfluxRoutes(app, parts);
  addCanteenRoutes(app, parts);
  addEnergyRoutes(app, parts);
  addBaselineRoutes(app, parts);
  addTargetRoutes(app, parts);
  addHealthRoutes(app, parts);
  addDocumentRoute(app);
  await app.ready();
  app.server.maxConnections = MAX_CONNECTIONS;
  return app;
}
