import type { Configuration, Device } from '../../campus/model.ts';
import type { Clock, Millis, Timer } from '../../clock.ts';
import type { Stage } from '../../pipeline/stage.ts';
import type { Database } from '../../storage/database.ts';
import {
  type Alarm,
  type AlarmEvent,
  type AlarmEventName,
  isActive,
  type NewAlarm,
} from '../alarm.ts';
import { QUIET } from '../lifecycle.ts';
import type { AlarmStore } from '../store.ts';
import { type Drill, Drills, type NewDrill } from './drills.ts';
import { Flapping } from './flapping.ts';
import { orphansOf } from './orphans.ts';
import { isSilence, Suppression } from './suppression.ts';
import { clearUnmonitored, isCold, raiseUnmonitored } from './unmonitored.ts';

/** What is told of in one go, so that no reading waits for all of it. */
const MAX_RELEASED = 500;
const TIMER_PAUSE: Millis = 20;
const RETRY: Millis = 1_000;

export interface StormOptions {
  database: Database;
  clock: Clock;
  store: AlarmStore;
  configuration: () => Configuration;
  /** Runs a piece of work as a transaction of the pipeline. */
  transact: <T>(work: () => T) => T;
  onError: (error: unknown) => void;
}

/** What an event means to people: `tells` is what they hear of it, if anything. */
export interface Judgement {
  alarm: Alarm;
  tells: AlarmEventName | undefined;
  /** The drill that it belongs to. */
  drill: Drill | undefined;
}

/** What people do with drills. */
export interface DrillDesk {
  /** Newest first. */
  list(limit: number): Drill[];
  /** Ids of a drill's alarms that are not closed. */
  openAlarms(id: number): number[];
  /** Throws DRILL_RUNNING. */
  start(drill: NewDrill): Drill;
  /** Throws DRILL_UNKNOWN or DRILL_OVER. */
  end(id: number, person: string): Drill;
}

/**
 * Keeps the duty phone quiet for what does not matter: silence with a known cause, alarms that come
 * and go, and drills. Nothing is left out of the record. What it decides is written in the
 * transaction of the event; what it waits for is in the database, so a restart forgets none of it.
 */
export class StormControl implements Stage {
  readonly drills: Drills;
  readonly #options: StormOptions;
  readonly #flapping: Flapping;
  readonly #suppression: Suppression;
  #timer: Timer | undefined;
  #isStirred = false;

  constructor(options: StormOptions) {
    this.#options = options;
    this.drills = new Drills(options.database);
    this.#flapping = new Flapping(options.database);
    this.#suppression = new Suppression(options.database);
  }

  /** Judges an event of an alarm within the event's transaction. */
  judge({ event, time, alarm }: AlarmEvent): Judgement {
    switch (event) {
      case 'raised':
        return this.#raised(alarm, time);
      case 'cleared':
        return this.#cleared(alarm, time);
      case 'unstable':
        return this.#told(alarm.id, 'raised');
      case 'released':
      case 'settled':
        return this.#told(alarm.id, overdue(alarm));
      case 'escalated':
      case 'expired':
      case 'unshelved':
        return this.#told(alarm.id, isMuted(alarm) ? undefined : event);
      default:
        return this.#told(alarm.id, event);
    }
  }

  /** The drill that is held where an alarm is raised. */
  drillOf({ campus: id, device }: Pick<NewAlarm, 'campus' | 'device'>): number | undefined {
    const { clock, configuration } = this.#options;
    const campus = configuration().campuses.get(id);
    // an alarm of a whole zone has the zone in its device's place
    const zone = configuration().devices.get(`${id}/${device}`)?.zone ?? campus?.zones.get(device);
    // a drill of the whole campus is one of every zone
    return zone && this.drills.covering(id, [...zone.lineage, 'campus'], clock.now())?.id;
  }

  /** Drills as people handle them. */
  get desk(): DrillDesk {
    const { clock } = this.#options;
    return {
      list: (limit) => this.drills.list(limit),
      openAlarms: (id) => this.drills.openAlarms(id),
      start: (drill) => this.startDrill(drill),
      end: (id, person) => this.endDrill(id, clock.now(), person),
    };
  }

  /** Throws DRILL_RUNNING. */
  startDrill(drill: NewDrill): Drill {
    return this.#options.transact(() => {
      this.#isStirred = true;
      return this.drills.start(drill);
    });
  }

  /**
   * Ends a drill. An alarm of it whose condition still holds is raised anew, as a real one: what
   * still smells smoke when everybody is back may burn. One that is over stays a drill's, and open
   * until somebody acknowledges or resets it. Throws DRILL_UNKNOWN or DRILL_OVER.
   */
  endDrill(id: number, now: Millis, person?: string): Drill {
    const { transact, store } = this.#options;
    return transact(() => {
      this.#isStirred = true;
      const drill = this.drills.end(id, now, person);
      for (const open of this.drills.openAlarms(id)) {
        const alarm = store.get(open);
        if (alarm.cleared === undefined) store.raise({ ...alarm, raised: now });
      }
      return drill;
    });
  }

  /** Follows a changed configuration, and sets the timer for what an earlier run has left. */
  follow(): void {
    const { store, clock, configuration, transact } = this.#options;
    const orphans = orphansOf(store.allOpen(), configuration());
    if (orphans.length > 0) {
      transact(() => {
        for (const { campus, device, rule } of orphans) {
          store.clear(campus, device, rule, clock.now(), 'no longer configured');
        }
      });
    }
    this.#schedule();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  take(): void {}

  committed(): void {
    if (!this.#isStirred) return;
    this.#isStirred = false;
    this.#schedule();
  }

  rolledBack(): void {
    this.#isStirred = false;
  }

  #raised(alarm: Alarm, time: Millis): Judgement {
    const { clock, store } = this.#options;
    const now = clock.now();
    this.#suppression.causeReturned(alarm.id);
    const device = this.#deviceOf(alarm);
    if (device && isSilence(alarm, device)) {
      const cause = this.#suppression.causeOf(device, this.#options.configuration());
      if (cause !== undefined) return this.#suppress(alarm, device, cause, time);
    }
    // one whose cause is over has its own time to be heard of
    if (isMuted(alarm)) return this.#told(alarm.id, undefined);
    if (this.#flapping.chatters(alarm, time)) {
      this.#isStirred = true;
      store.note(alarm.id, { time, event: 'unstable', until: now + QUIET });
      return this.#told(alarm.id, undefined);
    }
    return this.#told(alarm.id, 'raised');
  }

  #cleared(alarm: Alarm, time: Millis): Judgement {
    const { clock, configuration, store } = this.#options;
    const now = clock.now();
    if (this.#suppression.causeEnded(alarm.id, now, configuration())) {
      this.#isStirred = true;
      clearUnmonitored(store, alarm, time);
    }
    return this.#told(alarm.id, alarm.unstableUntil === undefined ? 'cleared' : undefined);
  }

  #suppress(alarm: Alarm, device: Device, cause: number, time: Millis): Judgement {
    const { store, configuration } = this.#options;
    this.#suppression.endWait(alarm.id);
    if (alarm.suppressedBy !== cause) store.note(alarm.id, { time, event: 'suppressed', cause });
    const source = store.get(cause);
    if (source.device === device.poweredBy && isCold(device)) {
      raiseUnmonitored(store, source, device, configuration(), time);
    }
    return this.#told(alarm.id, undefined);
  }

  #told(id: number, tells: AlarmEventName | undefined): Judgement {
    const alarm = this.#options.store.get(id);
    const drill = alarm.drill === undefined ? undefined : this.drills.get(alarm.drill);
    return { alarm, tells, drill };
  }

  #deviceOf({ campus, device }: Alarm): Device | undefined {
    return this.#options.configuration().devices.get(`${campus}/${device}`);
  }

  #schedule(): void {
    const { clock } = this.#options;
    const times = [this.#suppression.nextDue(), this.#flapping.nextDue(), this.drills.nextDue()];
    const next = Math.min(...times.map((time) => time ?? Number.POSITIVE_INFINITY));
    this.#timer?.cancel();
    if (next === Number.POSITIVE_INFINITY) return;
    this.#timer = clock.after(Math.max(TIMER_PAUSE, next - clock.now()), this.#tick);
  }

  /** Lets time pass: ends drills, settles what has been quiet, and tells of whom nobody has heard. */
  #tick = (): void => {
    const { clock, store, transact, onError } = this.#options;
    const now = clock.now();
    try {
      for (const id of this.drills.due(now)) this.endDrill(id, now);
      transact(() => {
        for (const id of this.#flapping.due(now)) store.settle(id, now);
        for (const { id, device } of this.#suppression.due(now, MAX_RELEASED)) {
          this.#release(id, device, now);
        }
        this.#isStirred = true;
      });
    } catch (error) {
      onError(error);
      this.#timer = clock.after(RETRY, this.#tick);
    }
  };

  #release(id: number, key: string, now: Millis): void {
    const { configuration, store } = this.#options;
    const device = configuration().devices.get(key);
    const cause = device && this.#suppression.causeOf(device, configuration());
    this.#suppression.endWait(id);
    const decided = cause === undefined ? 'released' : 'suppressed';
    store.note(id, { time: now, event: decided, cause });
  }
}

/** Nobody is told each time that it comes or goes. */
const isMuted = ({ suppressedBy, unstableUntil }: Alarm): boolean =>
  suppressedBy !== undefined || unstableUntil !== undefined;

/** What people have not heard of an alarm that was muted for a while. */
function overdue(alarm: Alarm): AlarmEventName | undefined {
  if (!isActive(alarm)) return 'cleared';
  return alarm.acknowledged === undefined && !isMuted(alarm) ? 'raised' : undefined;
}
