import { Type } from 'typebox';
import type { Campus, Device } from '../src/campus/model.ts';
import { noteError } from '../src/cli/print.ts';
import type { Clock, Millis } from '../src/clock.ts';
import type { Core } from '../src/core.ts';
import type { SeriesState } from '../src/pipeline/catalogue.ts';
import { Backfill, type Stretch } from './backfill.ts';
import { Bookkeeper } from './canteen/bookkeeper.ts';
import { canteenDeeds } from './canteen/kitchen.ts';
import type { Fault } from './faults.ts';
import { kept } from './kept.ts';
import { declareExchange, importBills, type RunningGateway } from './office.ts';
import { campusModel } from './physics/campus-model.ts';
import type { RegisterPast } from './physics/register.ts';
import { DAY, HOUR } from './physics/school-time.ts';
import { type Story, storyOf } from './story.ts';

/** As the simulator's: the past goes over into what it shows now. */
const SEED = 1;
const MINUTE = 60_000;
/** Of meters that report amounts instead of a register. */
const INTERVAL = 15 * MINUTE;
/** Days before now: the finer, the nearer. Older registers are told by the hour. */
const FINE = 8;
const MEDIUM = 60;

const Begun = Type.Object({ begun: Type.Number() });

/**
 * What had happened at the demonstration's school: written as history behind the live readings, once.
 * Of a time in which the demonstration was off the history is written too: its school went on.
 */
export class SchoolPast {
  readonly faults: readonly Fault[];
  readonly #gateway: RunningGateway;
  readonly #core: Core;
  readonly #story: Story | undefined;
  readonly #backfill: Backfill;
  readonly #bookkeeper: Bookkeeper;
  readonly #started: Millis;
  /** When the meters were heard last; undefined at the first start. */
  readonly #heard: Millis | undefined;
  #isStopped = false;
  /** The canteen as it goes on. */
  #canteen: Promise<void> | undefined;

  /** To be opened before anything is simulated: what meters counted meanwhile is written at once. */
  static async open(
    gateway: RunningGateway,
    { data, hasStory, clock }: { data: string; hasStory: boolean; clock: Clock },
  ): Promise<SchoolPast> {
    const { configuration } = gateway.core;
    const [campus] = configuration.campuses.values();
    if (!campus) throw new Error('a configuration without a campus');
    if (!hasStory) return new SchoolPast(gateway, clock, campus, undefined);
    const { begun } = kept(data, 'demo-story.json', Begun, () => ({ begun: clock.now() }));
    const story = storyOf(campus, begun);
    await declareExchange(gateway, story, SEED);
    const past = new SchoolPast(gateway, clock, campus, story);
    await past.#goOn(isCounted);
    // what they report first is about a time before the start
    await past.#backfill.before(past.#amounts(hourBefore(begun - INTERVAL), begun));
    return past;
  }

  private constructor(
    gateway: RunningGateway,
    clock: Clock,
    campus: Campus,
    story: Story | undefined,
  ) {
    const { core } = gateway;
    this.#gateway = gateway;
    this.#core = core;
    this.#story = story;
    this.#started = clock.now();
    this.faults = story?.faults ?? [];
    const newest = this.#metersWhere(isCounted).map(({ last }) => last?.time ?? 0);
    this.#heard = Math.max(0, ...newest) || undefined;
    const faultsOf = (key: string) => this.faults.filter(({ devices }) => devices.includes(key));
    const model = campusModel(core.configuration, SEED, faultsOf, this.of);
    this.#backfill = new Backfill(core, model, () => clock.now());
    this.#bookkeeper = new Bookkeeper(core, clock, campus);
  }

  /** What is known of a register by now. */
  of = (device: Device, metric: string): RegisterPast => {
    const series = this.#core.catalogue.devices.get(device.key)?.series.get(metric);
    if (!series) return {};
    const { id, last } = series;
    return {
      declared: this.#core.registers.store.replacements(id),
      shown: this.#story?.shown.get(device.key),
      last: last && { at: last.time, value: last.value },
    };
  };

  /** Writes the history in the background. Answers how much it has written. */
  async tell(): Promise<{ readings: number; records: number }> {
    const story = this.#story;
    if (story && !this.#isStopped) {
      await this.#goOn((one) => !isCounted(one));
      await importBills(this.#gateway, story, SEED);
      const [newest, ...older] = this.#history(story);
      if (newest) await this.#backfill.before(newest);
      await this.#tellOfCanteen(story);
      for (const stretch of older) await this.#backfill.before(stretch);
    }
    return { readings: this.#backfill.stored, records: this.#bookkeeper.written };
  }

  /** What is under way ends soon. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#backfill.stop();
    this.#bookkeeper.stop();
    await this.#canteen;
  }

  /** The canteen's year, and from then on what it does each day. */
  async #tellOfCanteen({ from, begun }: Story): Promise<void> {
    if (this.#coldUnits().length === 0) return;
    const deeds = canteenDeeds(this.#bookkeeper.campus, SEED, from, begun);
    const next = await this.#bookkeeper.catchUp(deeds, this.#started);
    this.#canteen = this.#bookkeeper.goOn(next, deeds).catch(noteError);
  }

  /** Fills the time in which the demonstration was off. */
  async #goOn(isWanted: (series: SeriesState) => boolean): Promise<void> {
    if (this.#heard === undefined) return;
    const to = this.#started;
    const fine = Math.max(this.#heard, hourBefore(to - FINE * DAY));
    const meters = this.#metersWhere(isWanted).filter((one) => !isInterval(one));
    const registers = meters.filter(isRegister);
    const intervals = this.#metersWhere(isWanted).filter(isInterval);
    const units = this.#coldUnits().filter(isWanted);
    for (const [series, since, until, step] of [
      [registers, this.#heard, fine, HOUR],
      [meters, fine, to, 5 * MINUTE],
      [intervals, this.#heard, to, INTERVAL],
      [units, this.#heard, to, 5 * MINUTE],
    ] as const) {
      const from = (Math.floor(since / step) + 1) * step;
      await this.#backfill.after({ series, from, to: until, step });
    }
  }

  /** What is to be told, the most wanted first. */
  #history({ from, begun }: Story): Stretch[] {
    const fine = hourBefore(begun - FINE * DAY);
    const medium = hourBefore(begun - MEDIUM * DAY);
    const registers = this.#metersWhere(isRegister);
    const units = this.#coldUnits();
    const most = this.#metersWhere((one) => !isInterval(one));
    return [
      { series: most, from: fine, to: begun, step: 5 * MINUTE },
      this.#amounts(from, begun),
      { series: registers, from: medium, to: fine, step: 15 * MINUTE },
      { series: registers, from, to: medium, step: HOUR },
      // the cold chain of what the canteen has stored: by law a reading each 10 minutes at least
      { series: units, from, to: begun, step: 5 * MINUTE },
    ];
  }

  #amounts(from: Millis, to: Millis): Stretch {
    const series = this.#metersWhere(isInterval);
    return { series, from, to: to - INTERVAL, step: INTERVAL, later: INTERVAL };
  }

  #metersWhere(isWanted: (series: SeriesState) => boolean): SeriesState[] {
    return this.#seriesOf('electricity_meter', 'water_meter').filter(isWanted);
  }

  #coldUnits(): SeriesState[] {
    return this.#seriesOf('cold_storage').filter(({ metric }) => metric === 'temperature');
  }

  #seriesOf(...kinds: string[]): SeriesState[] {
    return [...this.#core.catalogue.devices.values()]
      .filter(({ device }) => kinds.includes(device.profile.kind))
      .flatMap(({ series }) => [...series.values()]);
  }
}

const isRegister = ({ spec }: SeriesState): boolean => spec.register === true;
const isInterval = ({ spec }: SeriesState): boolean => spec.interval === true;
const isCounted = (one: SeriesState): boolean => isRegister(one) || isInterval(one);

const hourBefore = (time: Millis): Millis => Math.floor(time / HOUR) * HOUR;
