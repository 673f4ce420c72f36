import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../clock.ts';
import { type AdjustmentBook, createAdjustmentBook } from './adjustment-book.ts';
import { type BaselineRequest, baselineFigures } from './baseline-figures.ts';
import { type BillBook, createBillBook } from './bill-book.ts';
import type { ConsumptionQuery, SeriesUse } from './consumption.ts';
import type { EnergyHost } from './energy.ts';

/** What the target is compared with: bills, adjustments, and what they and the meters make of it. */
export interface Baseline {
  bills: BillBook;
  adjustments: AdjustmentBook;
  figures(request: BaselineRequest): ReturnType<typeof baselineFigures>;
}

/** What it needs of the core. */
export interface BaselineCore extends EnergyHost {
  database: Pick<DatabaseSync, 'prepare'>;
}

/** Joins the books; `read` answers from the stored figures. */
export function createBaseline(
  core: BaselineCore,
  clock: Clock,
  read: (query: ConsumptionQuery) => Promise<SeriesUse[]>,
): Baseline {
  const { database, catalogue, registers, pipeline } = core;
  const host = {
    database,
    catalogue,
    registers,
    configuration: () => core.configuration,
    transact: <T>(work: () => T): T => pipeline.transact(work),
  };
  return {
    bills: createBillBook(host, clock),
    adjustments: createAdjustmentBook(host, clock),
    figures: (request) => baselineFigures(host, read, request),
  };
}
