import type { Millis } from '../clock.ts';
import { CodedError } from '../errors.ts';
import { type Act, type Books, need, needCampus, record } from './books.ts';
import { optionalNumber, optionalText } from './statements.ts';

/** GB/T 22005: a trace drill is held at least once a year and done within four hours. */
const LONGEST: Millis = 4 * 3_600_000;

export interface DrillFacts {
  id: string;
  topic: string;
  started: Millis;
  person: string;
  finished: Millis | undefined;
  finishedBy: string | undefined;
  findings: string | undefined;
  /** How long it took; undefined while it goes on. */
  took: Millis | undefined;
  isInTime: boolean | undefined;
}

/** Begins a trace drill. */
export function startDrill(books: Books, act: Act, topic: string): DrillFacts {
  record(books, 'drill-started', act.id, act, { topic });
  return toDrill(need(books, 'trace_drill', act.campus, act.id));
}

/** Ends a trace drill. Throws RECORD_DONE or RECORD_UNKNOWN. */
export function finishDrill(books: Books, act: Act, id: string, findings: string): DrillFacts {
  record(books, 'drill-finished', id, act, { findings }, () => {
    const { finished, finishedBy } = toDrill(need(books, 'trace_drill', act.campus, id));
    if (finished === undefined) return;
    const time = new Date(finished).toISOString();
    throw new CodedError('RECORD_DONE', { person: finishedBy ?? '', time });
  });
  return toDrill(need(books, 'trace_drill', act.campus, id));
}

/** The newest first. */
export function listDrills(books: Books, campus: string, limit: number): DrillFacts[] {
  needCampus(books, campus);
  return books
    .sql('SELECT * FROM trace_drill WHERE campus = ? ORDER BY started DESC LIMIT ?')
    .all(campus, limit)
    .map(toDrill);
}

function toDrill(row: Record<string, unknown>): DrillFacts {
  const started = Number(row.started);
  const finished = optionalNumber(row, 'finished');
  const took = finished === undefined ? undefined : finished - started;
  return {
    id: String(row.id),
    topic: String(row.topic),
    started,
    person: String(row.person),
    finished,
    finishedBy: optionalText(row, 'finished_by'),
    findings: optionalText(row, 'findings'),
    took,
    isInTime: took === undefined ? undefined : took <= LONGEST,
  };
}
