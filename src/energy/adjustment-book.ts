import { addDays } from '../campus/school-days.ts';
import type { Clock } from '../clock.ts';
import { CodedError } from '../errors.ts';
import { requestInvalid } from '../http/validator.ts';
import { type Adjustment, type AdjustmentFacts, AdjustmentStore } from './adjustments.ts';
import { type CampusHost, campusOf } from './campus-host.ts';
import { checkDays, yearAfter } from './days.ts';
import type { Utility } from './utility.ts';

/** What a person says of an adjustment. */
export interface AdjustmentRequest extends Omit<AdjustmentFacts, 'campus' | 'to'> {
  campus?: string | undefined;
  /** Else as long as the baseline does not have it yet: a year. */
  to?: string | undefined;
}

export type AdjustmentBook = ReturnType<typeof createAdjustmentBook>;

/** Keeps the ledger of adjustments of the baseline. */
export function createAdjustmentBook(host: CampusHost, clock: Clock) {
  const store = new AdjustmentStore(host.database);

  return {
    /** All entries, in the order they were written. Throws CAMPUS_UNKNOWN. */
    list(request: { campus?: string | undefined; utility: Utility }): Adjustment[] {
      return store.list(campusOf(host, request.campus).id, request.utility);
    },

    /** Throws CAMPUS_UNKNOWN, or REQUEST_INVALID for days that can't be. */
    add({ campus: id, to: said, ...facts }: AdjustmentRequest): Adjustment {
      const campus = campusOf(host, id).id;
      checkDays(facts.from, said ?? facts.from);
      const longest = addDays(yearAfter(facts.from), -1);
      const to = said ?? longest;
      if (to > longest) {
        throw requestInvalid('to', to, {
          en: `${longest} at the latest: after a year the baseline has the change itself`,
          zh: `最晚 ${longest}：一年后基准期已包含该变化`,
        });
      }
      const entry = { ...facts, campus, to, recorded: clock.now() };
      return { ...entry, id: host.transact(() => store.add(entry)) };
    },

    /** Takes an entry back by a counter-entry. Throws ADJUSTMENT_UNKNOWN or ADJUSTMENT_WITHDRAWN. */
    withdraw(id: number, { reason, approver }: { reason: string; approver: string }): Adjustment {
      const known = store.get(id);
      if (!known) throw new CodedError('ADJUSTMENT_UNKNOWN', { id });
      const by = known.counters ?? store.countered(id);
      if (by !== undefined) throw new CodedError('ADJUSTMENT_WITHDRAWN', { id, by });
      const { perDay, ...facts } = known;
      const why = { reason, approver, counters: id, recorded: clock.now() };
      const entry = { ...facts, perDay: -perDay, ...why };
      return { ...entry, id: host.transact(() => store.add(entry)) };
    },
  };
}
