import type { App } from '../http/app.ts';
import type { HttpParts } from '../http/parts.ts';
import { addColdChainRoutes } from './cold-chain/routes.ts';
import { addBatchRoutes } from './routes-batches.ts';
import { addCardRoutes } from './routes-cards.ts';
import { addExportRoutes } from './routes-exports.ts';
import { addFileRoutes } from './routes-files.ts';
import { addKitchenRoutes } from './routes-kitchen.ts';
import { addSupplierRoutes } from './routes-suppliers.ts';
import { addTraceRoutes } from './routes-trace.ts';

/** Adds the canteen's routes, all under /api/v1/canteen. */
export function addCanteenRoutes(app: App, parts: HttpParts): void {
  addSupplierRoutes(app, parts);
  addBatchRoutes(app, parts);
  addKitchenRoutes(app, parts);
  addTraceRoutes(app, parts);
  addFileRoutes(app, parts);
  addExportRoutes(app, parts);
  addCardRoutes(app, parts);
  addColdChainRoutes(app, parts);
}
