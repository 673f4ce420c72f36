import type { Millis } from '../clock.ts';
import { isPossible, type Meter, scaled, sharesOf } from './meter.ts';
import {
  type Anchor,
  cheapestEnd,
  type Point,
  place,
  placeAgain,
  pointAt,
  type RegisterState,
  type Run,
  stepTo,
} from './way.ts';

/** Gaps up to this are filled evenly as measured; longer ones are estimated. */
export const LONGEST_FILL: Millis = 2 * 3_600_000;

/** Undisputed readings that settle what is before them: one more than the dearest step costs. */
const CLEAN = 5;
/** Readings that may stay undecided; beyond it the line is given up and begun anew. */
const MAX_WINDOW = 48;

export const FAULTS = [
  'held',
  'rejected',
  'reset',
  'jump',
  'rollover',
  'estimated',
  'lost',
] as const;

/** Something about a figure that a person may ask about. */
export interface QualityNote {
  kind: (typeof FAULTS)[number];
  from: Millis;
  to: Millis;
  /** In the metric's unit: estimated or added to the figure, or else what was not counted. */
  amount: number;
  /** How many readings it is about. */
  readings: number;
  /** The register before it, and what was found. */
  before: number;
  found: number;
}

/** Where the arithmetic puts what it finds. */
export interface Sink {
  /** An amount in the metric's unit, used evenly between two moments. */
  use(from: Millis, to: Millis, amount: number, isEstimated: boolean): void;
  note(note: QualityNote): void;
}

export const emptyState = (): RegisterState => ({ anchor: undefined, runs: [] });

/** Takes the next reading by event time; what becomes settled by it goes to the sink. */
export function advance(
  state: RegisterState,
  time: Millis,
  value: number,
  meter: Meter,
  sink: Sink,
): void {
  beginEpochs(state, time, meter, sink);
  const { anchor, runs } = state;
  if (!anchor) {
    const epoch = meter.epochs.filter(({ from }) => from < time).length;
    state.anchor = { time, value, level: value, epoch };
    if (meter.kind === 'interval') {
      state.anchor.time = time - meter.period;
      takeInterval(state.anchor, time, value, meter, sink);
    }
    return;
  }
  if (meter.kind === 'interval') {
    takeInterval(anchor, time, value, meter, sink);
    return;
  }
  const last = runs.at(-1);
  if (last ? last.value === value : anchor.value === value) {
    if (last) {
      last.until = time;
      last.count += 1;
    } else {
      sink.use(anchor.time, time, 0, false);
      anchor.time = time;
    }
  } else {
    runs.push(place(state, runs.length, time, time, value, 1, meter));
    if (runs.length > MAX_WINDOW) giveUp(state, anchor, meter, sink);
  }
  settle(state, meter, sink);
}

/**
 * What the readings that are not settled yet look like by now: their use, and what of them is held.
 * Changes nothing.
 */
export function tentative(state: RegisterState, meter: Meter, sink: Sink): void {
  if (!state.anchor) return;
  const end = cheapestEnd(state, state.runs.length);
  tell(state, state.anchor, end, meter, sink);
  const line = pointAt(state, end);
  for (const run of state.runs.slice(end + 1)) {
    if (line) sink.note(refused('held', line, run, meter));
  }
}

/** An amount that stands by itself: it covers the time since the one before, a period at most. */
function takeInterval(anchor: Anchor, time: Millis, value: number, meter: Meter, sink: Sink): void {
  const from = Math.max(anchor.time, time - meter.period);
  if (value < 0 || !isPossible(meter, time - meter.period, time, value)) {
    const amount = scaled(meter, from, time, value);
    const what = { from, to: time, amount, readings: 1, before: 0, found: value };
    sink.note({ kind: 'rejected', ...what });
    return;
  }
  for (const share of sharesOf(meter, from, time, value)) {
    sink.use(share.from, share.to, share.amount, false);
  }
  Object.assign(anchor, { time, value: 0, level: 0 });
}

/** Ends the line with each declared final figure that lies before `time`, and begins the next. */
function beginEpochs(state: RegisterState, time: Millis, meter: Meter, sink: Sink): void {
  for (;;) {
    const { anchor } = state;
    const next = anchor && meter.epochs[anchor.epoch];
    if (!next || next.from >= time) return;
    if (next.replaced && meter.kind === 'register') {
      const { oldFinal, newInitial } = next.replaced;
      const end = state.runs.length;
      state.runs.push(place(state, end, next.from, next.from, oldFinal, 1, meter, true));
      tell(state, anchor, end, meter, sink);
      state.runs = [];
      Object.assign(anchor, { time: next.from, value: newInitial, level: newInitial });
    }
    anchor.epoch += 1;
  }
}

/** Moves the anchor on to where five undisputed readings follow. */
function settle(state: RegisterState, meter: Meter, sink: Sink): void {
  const { anchor, runs } = state;
  let at = cheapestEnd(state, runs.length);
  let following = 0;
  for (let run = runs[at]; ; run = runs[at]) {
    if (!run || !anchor) return;
    if (following + run.count - 1 >= CLEAN) break;
    if (run.step === 'reset' || run.step === 'jump') return;
    following += run.count;
    at = run.before;
  }
  tell(state, anchor, at, meter, sink);
  moveAnchor(state, anchor, at, meter);
}

function moveAnchor(state: RegisterState, anchor: Anchor, at: number, meter: Meter): void {
  const run = state.runs[at];
  if (!run) return;
  Object.assign(anchor, { time: run.until, value: run.value, level: run.level });
  const rest = state.runs.splice(0).slice(at + 1);
  if (rest.every(({ before }) => before >= at)) {
    for (const other of rest) {
      other.before -= at + 1;
      other.cost -= run.cost;
    }
    state.runs = rest;
    return;
  }
  // some way led past the new anchor: there is no past any more
  placeAgain(state, rest, meter);
}

/** Readings that nothing makes sense of: what is behind them is settled, and the line begins anew. */
function giveUp(state: RegisterState, anchor: Anchor, meter: Meter, sink: Sink): void {
  const half = MAX_WINDOW / 2;
  const end = cheapestEnd(state, half);
  tell(state, anchor, end, meter, sink);
  const line = pointAt(state, end);
  const run = state.runs[half];
  if (!line || !run) return;
  for (const other of state.runs.slice(end + 1, half)) {
    sink.note(refused('rejected', line, other, meter));
  }
  sink.note(refused('lost', line, run, meter));
  Object.assign(anchor, { time: run.until, value: run.value, level: run.value });
  placeAgain(state, state.runs.splice(0).slice(half + 1), meter);
}

/** Tells what happened on the cheapest way from the anchor to the end of a run. */
function tell(state: RegisterState, anchor: Anchor, end: number, meter: Meter, sink: Sink): void {
  const way: number[] = [];
  for (let i = end; i >= 0; i = state.runs[i]?.before ?? -1) way.unshift(i);
  let line: Point = { until: anchor.time, level: anchor.level };
  let next = 0;
  for (const index of way) {
    for (const run of state.runs.slice(next, index)) {
      sink.note(refused('rejected', line, run, meter));
    }
    const run = state.runs[index];
    if (!run) return;
    tellStep(line, run, meter, sink);
    if (run.until > run.time) sink.use(run.time, run.until, 0, false);
    line = run;
    next = index + 1;
  }
}

function tellStep(line: Point, run: Run, meter: Meter, sink: Sink): void {
  const { until: from, level } = line;
  const { time: to, value, step } = run;
  const about = { from, to, readings: 1, before: level, found: value };
  if (step === 'reset' || step === 'jump') {
    sink.note({ kind: step, ...about, amount: scaled(meter, from, to, value - level) });
    return;
  }
  const units = step === 'use' ? value - level : 0;
  const { units: used } = step === 'rollover' ? stepTo(line, to, value, meter, false) : { units };
  // nobody knows when within a long gap it was used; where nothing was, there is nothing to know
  const isEstimated = used > 0 && to - from > LONGEST_FILL;
  const shares = sharesOf(meter, from, to, used);
  for (const share of shares) sink.use(share.from, share.to, share.amount, isEstimated);
  const amount = shares.reduce((total, share) => total + share.amount, 0);
  if (step === 'rollover') sink.note({ kind: 'rollover', ...about, amount });
  if (isEstimated) sink.note({ kind: 'estimated', ...about, amount });
}

const refused = (
  kind: 'held' | 'rejected' | 'lost',
  line: Point,
  { time, until, value, count }: Run,
  meter: Meter,
): QualityNote => ({
  kind,
  from: time,
  to: until,
  amount: scaled(meter, line.until, time, value - line.level),
  readings: count,
  before: line.level,
  found: value,
});
