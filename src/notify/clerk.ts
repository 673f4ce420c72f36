import type { Logger } from 'pino';
import type { Campus } from '../campus/model.ts';
import { addDays, localMoment, momentOf } from '../campus/school-days.ts';
import type { Clock, Millis, Timer } from '../clock.ts';
import type { Core } from '../core.ts';
import { localTime } from './compose.ts';
import { DailyRecords, dayBefore, openAlarms } from './daily-facts.ts';
import { dailyReport } from './daily-report.ts';
import { addressees } from './escalation.ts';
import { handOver } from './hand-over.ts';
import { heartbeatMessage } from './heartbeat-message.ts';
import { dutyAt, dutyPlan } from './roster.ts';

const EVERY: Millis = 15_000;
/** A report that the gateway was down for is sent at the start, if it is not later than this. */
const LATEST_REPORT: Millis = 12 * 3_600_000;
/** A campus that is new to a running gateway has missed nothing; a changed one no more than this. */
const CHANGED: Millis = 5 * 60_000;
const LATEST_BEAT: Millis = 5 * 60_000;
/** Later in a shift the person knows. */
const LATEST_HAND_OVER: Millis = 3_600_000;

export interface ClerkOptions {
  core: Core;
  clock: Clock;
  log: Logger;
  /** Counts the readings of a campus between two moments. */
  countReadings: (campus: string, from: Millis, to: Millis) => Promise<number>;
  /** How many device clocks are wrong. */
  wrongClocks: () => number;
  /** Something is owed. */
  onFiled: () => void;
}

/** What is next for a campus; made anew when its configuration changes. */
interface Desk {
  /** When the next daily report is due. */
  report: Millis;
  isReporting: boolean;
  /** The beginning of the shift last looked at. */
  shift: Millis | undefined;
}

/**
 * Files what is sent at a time of its own: the daily report, the heartbeat and the hand-over of a
 * shift. What was filed is in the database: a restart neither repeats nor forgets it.
 */
export class Clerk {
  readonly #options: ClerkOptions;
  readonly #records: DailyRecords;
  readonly #desks = new WeakMap<Campus, Desk>();
  #lookBack = LATEST_REPORT;
  #timer: Timer | undefined;

  constructor(options: ClerkOptions) {
    this.#options = options;
    this.#records = new DailyRecords(options.core);
    this.#next();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #next(): void {
    this.#timer = this.#options.clock.after(EVERY, () => {
      const { core, clock, log } = this.#options;
      for (const campus of core.configuration.campuses.values()) {
        try {
          this.#attend(campus, clock.now());
        } catch (error) {
          log.error(
            { err: error, campus: campus.id },
            'a notice could not be written; trying again',
          );
        }
      }
      this.#lookBack = CHANGED;
      this.#next();
    });
  }

  #attend(campus: Campus, now: Millis): void {
    let desk = this.#desks.get(campus);
    if (!desk) {
      const report = nextReport(campus, now - this.#lookBack);
      desk = { report, isReporting: false, shift: undefined };
      this.#desks.set(campus, desk);
    }
    if (!campus.notify.dailyReport.off && now >= desk.report) void this.#report(campus, desk, now);
    if (campus.roster.handOver) this.#watchShift(campus, desk, now);
    this.#beat(campus, now);
  }

  /** One that the gateway was down for is not made up for: that it stays away is what it says. */
  #beat(campus: Campus, now: Millis): void {
    const { core, onFiled } = this.#options;
    const { heartbeatMessage: beat } = campus.notify;
    const { day } = localMoment(now, campus.timezone);
    for (const at of beat?.at ?? []) {
      const due = momentOf(day, at, campus.timezone);
      const notice = { campus: campus.id, kind: 'heartbeat', occasion: `${day} ${at}` } as const;
      if (!beat || now < due || now - due > LATEST_BEAT || core.notices.isFiled(notice)) continue;
      const time = localTime(due, campus.timezone);
      const words = heartbeatMessage({ time, ...this.#records.standing(campus) });
      const whom = addressees(campus, beat, now);
      core.pipeline.transact(() => core.notices.file({ ...notice, ...words, created: now }, whom));
      onFiled();
    }
  }

  async #report(campus: Campus, desk: Desk, now: Millis): Promise<void> {
    const { core, clock, log, countReadings, wrongClocks, onFiled } = this.#options;
    if (desk.isReporting) return;
    desk.isReporting = true;
    try {
      const due = desk.report;
      const { day, from, to } = dayBefore(due, campus.timezone);
      const notice = { campus: campus.id, kind: 'daily-report', occasion: day } as const;
      if (this.#wasThere(due) && !core.notices.isFiled(notice)) {
        const readings = await countReadings(campus.id, from, to).catch((error) => {
          log.warn({ err: error }, 'the readings of a day could not be counted');
          return undefined;
        });
        if (this.#timer === undefined) return;
        const known = { due, now, readings, wrongClocks: wrongClocks() };
        const words = dailyReport(this.#records.facts(campus, known));
        const whom = addressees(campus, campus.notify.dailyReport, now);
        core.pipeline.transact(() =>
          core.notices.file({ ...notice, ...words, created: clock.now() }, whom),
        );
        onFiled();
      }
      desk.report = nextReport(campus, due);
    } catch (error) {
      log.error(
        { err: error, campus: campus.id },
        'the daily report was not written; trying again',
      );
    } finally {
      desk.isReporting = false;
    }
  }

  #watchShift(campus: Campus, desk: Desk, now: Millis): void {
    const { core, onFiled } = this.#options;
    const { from, person } = dutyAt(campus, now);
    if (desk.shift === from) return;
    const [before] = dutyPlan(campus, from - 1, from);
    const isNews = person !== undefined && before?.person?.id !== person.id;
    if (isNews && now - from < LATEST_HAND_OVER && this.#wasThere(from)) {
      const words = handOver(before?.person, person, openAlarms(core, campus));
      const whom = addressees(campus, { to: [person.id] }, now);
      const notice = { campus: campus.id, kind: 'hand-over', occasion: String(from) } as const;
      core.pipeline.transact(() => core.notices.file({ ...notice, ...words, created: now }, whom));
      onFiled();
    }
    desk.shift = from;
  }

  /** A gateway that was set up after that moment has missed nothing. */
  #wasThere(moment: Millis): boolean {
    return this.#options.core.runs.first <= moment;
  }
}

/** The first time after a moment at which a report is due. */
function nextReport({ notify, timezone }: Campus, after: Millis): Millis {
  const { day } = localMoment(after, timezone);
  const due = momentOf(day, notify.dailyReport.at, timezone);
  return due > after ? due : momentOf(addDays(day, 1), notify.dailyReport.at, timezone);
}
