import type { Logger } from 'pino';
import { Value } from 'typebox/value';
import type { Alarm } from '../alarms/alarm.ts';
import type { Campus } from '../campus/model.ts';
import { addDays, localMoment, momentOf } from '../campus/school-days.ts';
import type { Millis, Timer } from '../clock.ts';
import { parseDuration } from '../duration.ts';
import { addressees } from '../notify/escalation.ts';
import type { NoticeKind, Notices } from '../notify/notices.ts';
import type { Reader } from '../storage/reader.ts';
import { readSetting, writeSetting } from '../storage/settings.ts';
import { reviewExpired } from './alarms.ts';
import type { Books } from './books.ts';
import { JOBS } from './missing.ts';
import { licenceNotice, missingNotice, newlyEnding, type Words } from './notices.ts';
import { peopleOf } from './people.ts';
import type { Untraceable } from './rate.ts';
import { TraceabilityShape } from './shapes.ts';
import { endingLicences } from './suppliers.ts';
import { traceRules } from './trace-rules.ts';

const EVERY: Millis = 60_000;
const DAY: Millis = 86_400_000;

/** Before the kitchen begins: what must not be used today. */
const MORNING = '06:30';
/** While suppliers can still be asked: what the day's deliveries lack. */
const AFTERNOON = '15:00';
/** What is older than that has had its reminders; the rate lists it. */
const REMINDED_DAYS = 7;

export interface ClerkOptions {
  books: Books;
  notices: Pick<Notices, 'file' | 'latest'>;
  ownAlarms: () => readonly Alarm[];
  reader: Pick<Reader, 'canteen'>;
  log: Logger;
  /** A notice is owed. */
  onFiled: () => void;
}

/**
 * Looks through the canteen's books each morning and afternoon, by the campus's time: expired food,
 * licences about to end, and what is still missing. What it has said is in the database: a restart
 * neither repeats nor forgets it. Answers its end.
 */
export function startCanteenClerk(options: ClerkOptions): () => void {
  const { books, log } = options;
  const asking = new Set<string>();
  let timer: Timer | undefined;
  let stopped = false;

  const attend = async (campus: Campus): Promise<void> => {
    const { day, time } = localMoment(books.clock.now(), campus.timezone);
    if (time >= MORNING) lookInTheMorning(options, campus, day);
    if (time < AFTERNOON || asking.has(campus.id)) return;
    asking.add(campus.id);
    try {
      await remind(options, campus, day, () => stopped);
    } finally {
      asking.delete(campus.id);
    }
  };
  const next = () => {
    timer = books.clock.after(EVERY, () => {
      const failed = (error: unknown) =>
        log.error({ err: error }, 'the canteen’s books could not be looked through; trying again');
      try {
        endWhatIsCaredFor(options);
      } catch (error) {
        failed(error);
      }
      for (const campus of books.configuration().campuses.values()) attend(campus).catch(failed);
      next();
    });
  };
  next();
  return () => {
    stopped = true;
    timer?.cancel();
  };
}

function lookInTheMorning(options: ClerkOptions, campus: Campus, today: string): void {
  const { books, notices } = options;
  const looked = `canteen-looked/${campus.id}`;
  if (readSetting(books.database, looked) === today) return;
  const { licenceWarning } = campus.canteen;
  const lookedAt = notices.latest(campus.id, 'licences');
  const ending = endingLicences(books, campus.id);
  const licences = newlyEnding(
    ending,
    Math.ceil(parseDuration(licenceWarning) / DAY),
    lookedAt,
    today,
  );
  books.transact(() => {
    reviewExpired(books, campus.id);
    if (licences.length > 0) {
      const to = peopleOf(campus, 'buyer');
      file(options, campus, 'licences', today, licenceNotice(licences), to);
    }
    writeSetting(books.database, looked, today);
  });
  if (licences.length > 0) options.onFiled();
}

/** What has happened cannot be undone: its alarm is over once somebody has taken care of it. */
function endWhatIsCaredFor({ books, ownAlarms }: ClerkOptions): void {
  for (const { campus, rule, acknowledged } of ownAlarms()) {
    const [, subject] = /^food-used-unsafe:(.*)$/s.exec(rule) ?? [];
    if (subject === undefined || acknowledged === undefined) continue;
    books.transact(() => books.alarms.endOwn('FOOD_USED_UNSAFE', { campus, subject }));
  }
}

/** Tells each job what it still has to add. */
async function remind(
  options: ClerkOptions,
  campus: Campus,
  today: string,
  isStopped: () => boolean,
): Promise<void> {
  const { books, onFiled } = options;
  const looked = `canteen-reminded/${campus.id}`;
  if (readSetting(books.database, looked) === today) return;
  const missing = await stillMissing(options, campus, today);
  if (isStopped()) return;
  books.transact(() => {
    for (const job of JOBS) {
      const mine = missing.filter((batch) => batch.missing.some((one) => one.job === job));
      if (mine.length === 0) continue;
      const words = missingNotice(job, mine, REMINDED_DAYS);
      file(options, campus, 'missing', `${today}/${job}`, words, peopleOf(campus, job));
    }
    writeSetting(books.database, looked, today);
  });
  if (missing.length > 0) onFiled();
}

async function stillMissing(
  { books, reader }: ClerkOptions,
  campus: Campus,
  today: string,
): Promise<Untraceable[]> {
  const now = books.clock.now();
  const from = momentOf(addDays(today, 1 - REMINDED_DAYS), '00:00', campus.timezone);
  const rules = traceRules(books.database.connection, books.configuration(), campus.id, now);
  const periods = [{ name: today, from, to: now + 1 }];
  const goal = campus.targets.traceability;
  const answer = await reader.canteen(rules, { kind: 'traceability', periods, goal });
  return Value.Parse(TraceabilityShape, JSON.parse(answer.toString())).untraceable;
}

function file(
  { books, notices }: ClerkOptions,
  campus: Campus,
  kind: NoticeKind,
  occasion: string,
  words: Words,
  to: readonly string[],
): void {
  const now = books.clock.now();
  const whom = addressees(campus, { to }, now);
  notices.file({ ...words, campus: campus.id, kind, occasion, created: now }, whom);
}
