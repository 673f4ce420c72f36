import { meteredMetrics, momentIn, type ReplacementKeys } from '../campus/meter.ts';
import type { Campus, Configuration, Device } from '../campus/model.ts';
import type { Clock, Millis } from '../clock.ts';
import { CodedError } from '../errors.ts';
import { requestInvalid } from '../http/validator.ts';
import type { Catalogue, SeriesState } from '../pipeline/catalogue.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { ConsumptionQuery, PeriodUse, SeriesUse } from './consumption.ts';
import { type PeriodKind, periodsBetween } from './periods.ts';
import type { RegisterStage } from './register-stage.ts';
import { checkReplacement } from './replacement.ts';
import { describeRecord } from './words.ts';

/** Two years of hours. */
const MAX_PERIODS = 18_000;
const MAX_RECORDS = 1_000;
const LONGEST: Millis = 20 * 366 * 86_400_000;
/** A larger part that no meter below counts hints at a leak or a wrongly wired meter. */
const SUSPICIOUS = 0.15;
/** Compared where those below were measured for this part of the time of the one above. */
const WHOLE = 0.9;

/** What it needs of the core. */
export interface EnergyHost {
  catalogue: Catalogue;
  configuration: Configuration;
  registers: RegisterStage;
  pipeline: Pick<Pipeline, 'transact'>;
}

/** Which register of which device; the metric may be left out where there is one. */
export interface MeterName {
  /** `campus/device`, or the device's id where there is one campus. */
  device: string;
  metric?: string | undefined;
}

/** A time as people write it: a date, or a date and time, with a zone or in the campus's. */
export interface TimeRange {
  /** Included. */
  from: string;
  /** Excluded; now if absent. */
  to?: string | undefined;
}

export type Energy = ReturnType<typeof createEnergy>;

/** What people ask and declare about meters; `read` answers from the stored figures. */
export function createEnergy(
  host: EnergyHost,
  clock: Clock,
  read: (query: ConsumptionQuery) => Promise<SeriesUse[]>,
) {
  const { registers, pipeline } = host;

  const find = ({ device, metric }: MeterName) => {
    const series = findSeries(host, device, metric);
    const meter = registers.meter(series.id);
    if (!meter) throw new CodedError('METER_UNKNOWN', { device, metrics: '–' });
    return { series, meter, device: series.device.device };
  };

  const rangeOf = ({ from, to }: TimeRange, { timezone }: Campus) => {
    const range = {
      from: readMoment('from', from, timezone),
      to: to === undefined ? clock.now() : readMoment('to', to, timezone),
    };
    if (range.from >= range.to || range.to - range.from > LONGEST) {
      throw invalid('from', from, 'before `to`, by 20 years at most', '早于 to，且不超过 20 年');
    }
    return range;
  };

  return {
    /** What one meter used, by period. Throws METER_UNKNOWN, DEVICE_NOT_FOUND, REQUEST_INVALID. */
    async consumption(request: MeterName & TimeRange & { by: PeriodKind }) {
      const { series, meter, device } = find(request);
      const range = rangeOf(request, device.campus);
      const periods = periodsBetween(range.from, range.to, request.by, device.campus, MAX_PERIODS);
      if (!periods) {
        throw invalid('by', request.by, 'fewer periods: longer ones or less time', '减少时段数量');
      }
      const [found] = await read({
        series: [{ id: series.id, meter }],
        starts: [...periods.map(({ from }) => from), periods.at(-1)?.to ?? range.to],
        records: MAX_RECORDS,
      });
      const { periods: uses = [], records = [] } = found ?? {};
      const quality = records.map((record) => ({
        ...record,
        from: iso(record.from),
        to: iso(record.to),
        text: describeRecord(record, series.spec.unit),
      }));
      return {
        device: device.key,
        name: device.name,
        metric: series.metric,
        unit: series.spec.unit,
        from: iso(periods[0]?.from ?? range.from),
        to: iso(periods.at(-1)?.to ?? range.to),
        by: request.by,
        ...sayUse(sum(uses), (periods.at(-1)?.to ?? 0) - (periods[0]?.from ?? 0)),
        periods: periods.map(({ from, to, label }, i) => ({
          from: iso(from),
          to: iso(to),
          label,
          ...sayUse(uses[i] ?? sum([]), to - from),
          quality: [
            ...new Set(records.filter((r) => r.to > from && r.from < to).map(({ kind }) => kind)),
          ],
        })),
        quality,
      };
    },

    /** The meters of a campus as a tree, and what no meter below counts. */
    async meters(request: TimeRange & { campus?: string | undefined }) {
      const { campuses } = host.configuration;
      const campus = campuses.get(request.campus ?? campuses.keys().next().value ?? '');
      if (!campus) throw new CodedError('CAMPUS_UNKNOWN', { campus: request.campus ?? '' });
      const range = rangeOf(request, campus);
      const [whole] = periodsBetween(range.from, range.to, 'month', campus, MAX_PERIODS) ?? [];
      const ends = { from: whole?.from ?? range.from, to: Math.ceil(range.to / HOUR) * HOUR };
      const list = [...host.catalogue.devices.values()]
        .filter(({ device }) => device.campus.id === campus.id)
        .flatMap(({ device, series }) => {
          const [metric] = meteredMetrics(device.profile);
          const state = metric === undefined ? undefined : series.get(metric);
          const meter = state && registers.meter(state.id);
          return state && meter ? [{ device, state, meter }] : [];
        });
      const found = await read({
        series: list.map(({ state, meter }) => ({ id: state.id, meter })),
        starts: [ends.from, ends.to],
        records: 0,
      });
      const used = new Map(
        list.map(({ device }, i) => [device.id, found[i]?.periods[0] ?? sum([])]),
      );
      const isMeter = (id: string | undefined) => id !== undefined && used.has(id);
      const meters = inTreeOrder(
        list.map(({ device }) => device),
        isMeter,
      ).map(({ device, depth }) => {
        const children = list.filter((one) => one.device.parent === device.id);
        const own = used.get(device.id) ?? sum([]);
        const below = sum(children.map((child) => used.get(child.device.id) ?? sum([]))).amount;
        const unmetered = own.amount - below;
        // one that was silent counts nothing, and hints at nothing
        const isWhole = children.every(
          (child) => (used.get(child.device.id)?.measured ?? 0) >= WHOLE * own.measured,
        );
        const share = own.amount > 0 ? unmetered / own.amount : undefined;
        const unit = device.profile.metrics[meteredMetrics(device.profile)[0] ?? '']?.unit ?? '';
        return {
          device: device.id,
          name: device.name,
          kind: device.profile.kind,
          unit,
          depth,
          ...(isMeter(device.parent) ? { parent: device.parent } : {}),
          ...sayUse(own, ends.to - ends.from),
          ...(children.length === 0
            ? {}
            : {
                below,
                unmetered,
                ...(share === undefined
                  ? {}
                  : { share, suspicious: Math.abs(share) > SUSPICIOUS && isWhole }),
              }),
        };
      });
      const roots = Map.groupBy(
        meters.filter(({ depth }) => depth === 0),
        ({ kind }) => kind,
      );
      return {
        campus: campus.id,
        from: iso(ends.from),
        to: iso(ends.to),
        totals: [...roots].map(([kind, mains]) => ({
          kind,
          unit: mains[0]?.unit ?? '',
          amount: mains.reduce((total, { amount }) => total + amount, 0),
        })),
        meters,
      };
    },

    /** Declares that a meter was replaced. Throws the coded errors of `checkReplacement`. */
    replace(request: ReplacementKeys & MeterName) {
      const { series, meter, device } = find(request);
      const { at: text, metric, device: _, ...rest } = request;
      const at = readMoment('at', text, device.campus.timezone);
      const declared = { ...rest, at };
      checkReplacement(registers.store, series.id, meter, declared, clock.now());
      pipeline.transact(() => registers.declare(series, declared));
      return { device: device.key, metric: series.metric, ...rest, at: iso(at) };
    },

    /** Adds to the ledger of corrections. */
    correct(
      request: MeterName &
        Required<TimeRange> & { to: string; amount: number; reason: string; person: string },
    ) {
      const { series, device } = find(request);
      const { from, to } = rangeOf(request, device.campus);
      const { amount, reason, person } = request;
      pipeline.transact(() => registers.correct(series, { from, to, amount, reason, person }));
      return { device: device.key, metric: series.metric, from: iso(from), to: iso(to), amount };
    },
  };
}

const HOUR: Millis = 3_600_000;

const iso = (time: Millis): string => new Date(time).toISOString();

const sum = (uses: readonly PeriodUse[]): PeriodUse => {
  const total = { amount: 0, estimated: 0, corrected: 0, measured: 0, hours: 0 };
  for (const use of uses) {
    total.amount += use.amount;
    total.estimated += use.estimated;
    total.corrected += use.corrected;
    total.measured += use.measured;
    total.hours += use.hours;
  }
  return total;
};

const sayUse = ({ amount, estimated, corrected, measured }: PeriodUse, length: Millis) => ({
  amount,
  estimated,
  corrected,
  coverage: length > 0 ? Math.min(1, measured / length) : 0,
});

function findSeries({ catalogue }: EnergyHost, name: string, metric?: string): SeriesState {
  const ids = [...catalogue.devices.values()].filter(
    ({ device }) => device.key === name || device.id === name,
  );
  const [state] = ids;
  if (!state || ids.length > 1) throw new CodedError('DEVICE_NOT_FOUND', { device: name });
  const metered = meteredMetrics(state.device.profile);
  const wanted = metric ?? (metered.length === 1 ? metered[0] : undefined);
  const series = wanted === undefined ? undefined : state.series.get(wanted);
  if (!series || !metered.includes(series.metric)) {
    throw new CodedError('METER_UNKNOWN', { device: name, metrics: metered.join(', ') || '–' });
  }
  return series;
}

/** Each meter before those it feeds. */
function inTreeOrder(
  devices: readonly Device[],
  isMeter: (id: string | undefined) => boolean,
): { device: Device; depth: number }[] {
  const fedBy = Map.groupBy(devices, ({ parent }) => (isMeter(parent) ? parent : undefined));
  const below = (parent: string | undefined, depth: number): { device: Device; depth: number }[] =>
    (fedBy.get(parent) ?? []).flatMap((device) => [
      { device, depth },
      ...below(device.id, depth + 1),
    ]);
  return below(undefined, 0);
}

function readMoment(where: string, text: string, timezone: string): Millis {
  const time = momentIn(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00` : text, timezone);
  if (time !== undefined) return time;
  const en = 'a date or time such as 2026-09-01 or 2026-09-01T08:00';
  throw invalid(where, text, en, '日期或时间，例如 2026-09-01 或 2026-09-01T08:00');
}

const invalid = (where: string, found: string, allowed: string, allowedZh: string) =>
  requestInvalid(where, found.slice(0, 40), { en: allowed, zh: allowedZh });
