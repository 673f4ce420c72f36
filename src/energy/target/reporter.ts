import type { Logger } from 'pino';
import type { Campus, Configuration } from '../../campus/model.ts';
import { addDays, localMoment } from '../../campus/school-days.ts';
import type { Clock, Millis, Timer } from '../../clock.ts';
import type { InfluxOutbox } from '../../influx/outbox.ts';
import { targetPoint } from '../../influx/points.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { Database } from '../../storage/database.ts';
import { HOUR } from '../../storage/readings.ts';
import { UTILITIES, type Utility } from '../utility.ts';
import { type Figure, ReportStore } from './reports.ts';
import type { Targets } from './targets.ts';

/** A day's figures are reported on the next morning: by then what devices had kept has come. */
const REPORTED_AT = '06:00';
/** After a start; then at each full hour. */
const FIRST: Millis = 60_000;

export interface ReporterOptions {
  clock: Clock;
  log: Logger;
  database: Database;
  configuration: () => Configuration;
  targets: Pick<Targets, 'changedFigures'>;
  influx: Pick<InfluxOutbox, 'enqueue'> | undefined;
  transact: Pipeline['transact'];
}

/**
 * Keeps what the targets were on each morning, and again within the hour where late data, a bill or a
 * correction have changed it: so what was said yesterday can be compared with what is said today. The
 * year's figure also goes to InfluxDB. Returns its end.
 */
export function startTargetReports(options: ReporterOptions): () => void {
  const { clock, log, configuration } = options;
  const store = new ReportStore(options.database);
  let isStopped = false;
  let timer: Timer;
  const attend = async () => {
    for (const campus of configuration().campuses.values()) {
      for (const utility of UTILITIES) {
        if (isStopped) return;
        try {
          await report(options, store, campus, utility, () => isStopped);
        } catch (error) {
          if (isStopped) return;
          log.warn({ err: error, campus: campus.id }, 'targets were not reported; trying again');
        }
      }
    }
  };
  const wait = (delay: Millis) => {
    timer = clock.after(delay, () => {
      void attend();
      wait(HOUR - (clock.now() % HOUR));
    });
  };
  wait(FIRST);
  return () => {
    isStopped = true;
    timer.cancel();
  };
}

async function report(
  { clock, targets, influx, transact }: ReporterOptions,
  store: ReportStore,
  campus: Campus,
  utility: Utility,
  isOver: () => boolean,
): Promise<void> {
  const through = lastReportedDay(clock.now(), campus.timezone);
  const figures = await targets.changedFigures(campus, utility, through);
  if (figures.length === 0 || isOver()) return;
  const reported = clock.now();
  const isWholeYear = ({ from, to }: Figure) =>
    from === `${through.slice(0, 4)}-01-01` && to === through;
  transact(() => {
    for (const figure of figures) store.add(campus.id, utility, { ...figure, reported });
    const year = figures.find(isWholeYear);
    if (year) influx?.enqueue(targetPoint(campus.id, utility, year, reported));
  });
}

function lastReportedDay(now: Millis, timezone: string): string {
  const { day, time } = localMoment(now, timezone);
  return addDays(day, time >= REPORTED_AT ? -1 : -2);
}
