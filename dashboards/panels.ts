import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge';
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  BarGaugeDisplayMode,
  BigValueColorMode,
  BigValueGraphMode,
  type DataSourceRef,
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TableSortByFieldStateBuilder,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type DashboardLink,
  FieldColorBuilder,
  FieldColorModeId,
  type GridPos,
  type Panel,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StatusHistory } from '@grafana/grafana-foundation-sdk/statushistory';
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';
import { GOOD } from './limits.ts';
import { linkToBoard } from './links.ts';
import type { Override } from './names.ts';
import { DATA_SOURCE, type Query, targets } from './query.ts';

/** What every panel says of itself. */
export interface PanelOptions {
  /** Chinese. */
  title: string;
  /** English: the question that it answers, then how. */
  description: string;
  queries: readonly Query[];
  unit?: string;
  decimals?: number;
  min?: number;
  max?: number;
  /** The colours of values; green where nothing limits them. */
  steps?: readonly Threshold[];
  mappings?: readonly ValueMapping[];
  overrides?: readonly Override[];
  /** Shown when no row comes back. */
  empty?: string;
  /** The smallest step of `$__interval`: how often the devices report. */
  step?: string;
  /** A range of its own, such as `now/d`. */
  timeFrom?: string;
  /** Looks at the range before this long, such as `1y`. */
  timeShift?: string;
  /** The uid of the dashboard that says more. */
  more?: string;
}

/** What the panel builders of the SDK have in common. */
interface CommonBuilder extends Builder<Panel> {
  title(title: string): this;
  description(description: string): this;
  datasource(datasource: DataSourceRef): this;
  targets(targets: Builder<Dataquery>[]): this;
  unit(unit: string): this;
  decimals(decimals: number): this;
  min(min: number): this;
  max(max: number): this;
  thresholds(thresholds: ThresholdsConfigBuilder): this;
  mappings(mappings: ValueMapping[]): this;
  overrides(overrides: Override[]): this;
  noValue(noValue: string): this;
  interval(interval: string): this;
  timeFrom(timeFrom: string): this;
  timeShift(timeShift: string): this;
  links(links: Builder<DashboardLink>[]): this;
  id(id: number): this;
  gridPos(gridPos: GridPos): this;
}

/** A panel without its place yet. */
export type Placeable = Pick<CommonBuilder, 'build' | 'id' | 'gridPos'>;

const ALWAYS_GOOD: readonly Threshold[] = [{ value: null, color: GOOD }];

function fill<B extends CommonBuilder>(builder: B, options: PanelOptions, format: Format): B {
  const { title, description, queries, steps = ALWAYS_GOOD, overrides = [] } = options;
  builder
    .title(title)
    .description(description)
    .datasource(DATA_SOURCE)
    .targets(targets(queries, format))
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([...steps]))
    .overrides([...overrides]);
  const { unit, decimals, min, max, mappings, empty, step, timeFrom, timeShift, more } = options;
  if (unit !== undefined) builder.unit(unit);
  if (decimals !== undefined) builder.decimals(decimals);
  if (min !== undefined) builder.min(min);
  if (max !== undefined) builder.max(max);
  if (mappings) builder.mappings([...mappings]);
  if (empty !== undefined) builder.noValue(empty);
  if (step !== undefined) builder.interval(step);
  if (timeFrom !== undefined) builder.timeFrom(timeFrom);
  if (timeShift !== undefined) builder.timeShift(timeShift);
  if (more !== undefined) builder.links([linkToBoard(more)]);
  return builder;
}

type Format = 'time_series' | 'table';

const lastValue = () => new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false);

const colouredByLimits = () => new FieldColorBuilder().mode(FieldColorModeId.Thresholds);

const tooltip = () =>
  new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending);

/** A figure, coloured by its limits. */
export const stat = (options: PanelOptions & { trend?: boolean }): Placeable =>
  fill(new Stat(), options, 'time_series')
    .reduceOptions(lastValue())
    .colorMode(BigValueColorMode.Background)
    .graphMode(options.trend ? BigValueGraphMode.Area : BigValueGraphMode.None)
    .colorScheme(colouredByLimits());

export interface SeriesOptions extends PanelOptions {
  /** Bars that stand for a period each, instead of lines. */
  bars?: boolean;
  /** Added up; only for what may be added. */
  stacked?: boolean;
  /** Draws the limits of `steps` into the chart. */
  limits?: boolean;
}

/** Values over time. */
export function series(options: SeriesOptions): Placeable {
  const { bars = false, stacked = false, limits = false } = options;
  const legend = new VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(LegendDisplayMode.Table)
    .placement(LegendPlacement.Right)
    .calcs(['lastNotNull', 'min', 'max']);
  return fill(new TimeSeries(), options, 'time_series')
    .drawStyle(bars ? GraphDrawStyle.Bars : GraphDrawStyle.Line)
    .fillOpacity(bars ? 80 : stacked ? 20 : 0)
    .lineWidth(bars ? 0 : 1)
    .showPoints(VisibilityMode.Never)
    .stacking(new StackingConfigBuilder().mode(stacked ? StackingMode.Normal : StackingMode.None))
    .thresholdsStyle(
      new GraphThresholdsStyleConfigBuilder().mode(
        limits ? GraphThresholdsStyleMode.DashedAndArea : GraphThresholdsStyleMode.Off,
      ),
    )
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
    .legend(legend)
    .tooltip(tooltip());
}

/** One bar for each series, coloured by its limits. */
export const bars = (options: PanelOptions): Placeable =>
  fill(new BarGauge(), options, 'time_series')
    .reduceOptions(lastValue())
    .displayMode(BarGaugeDisplayMode.Basic)
    .orientation(VizOrientation.Horizontal)
    .colorScheme(colouredByLimits());

/** A line for each series, a coloured cell for each period. */
export const history = (options: PanelOptions & { perPage?: number }): Placeable =>
  fill(new StatusHistory(), options, 'time_series')
    .showValue(VisibilityMode.Never)
    .rowHeight(0.9)
    .perPage(options.perPage ?? 20)
    .fillOpacity(80)
    .legend(new VizLegendOptionsBuilder().showLegend(false))
    .tooltip(tooltip())
    .colorScheme(colouredByLimits());

/** Rows as they come back. */
export const table = (options: PanelOptions & { sortBy: string; ascending?: boolean }): Placeable =>
  fill(new Table(), options, 'table')
    .filterable(true)
    .sortBy([
      new TableSortByFieldStateBuilder().displayName(options.sortBy).desc(!options.ascending),
    ]);
