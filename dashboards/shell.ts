import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type AnnotationQuery,
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  QueryVariableBuilder,
  RowBuilder,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { influxql, is, likeVariable } from './influxql.ts';
import { linkToOthers, TAG } from './links.ts';
import type { Placeable } from './panels.ts';
import { DATA_SOURCE, type InfluxTarget } from './query.ts';
import { chosen } from './selection.ts';
import { type DeviceKind, ofKind, type Site } from './site.ts';

const COLUMNS = 24;

/** A panel and how much room it takes of the grid of 24 columns. */
export interface Placed {
  panel: Placeable;
  width: number;
  height: number;
}

export const place = (width: number, height: number, panel: Placeable): Placed => ({
  panel,
  width,
  height,
});

export interface Section {
  /** Chinese. */
  title: string;
  panels: readonly Placed[];
}

/** Campus, then its zones, then their devices. */
const PLACES = { campus: '学校', zone: '区域', device: '设备' };

/** Chosen among those of these kinds; where there are none, among those of alarms. */
export function choiceOfPlaces(site: Site, kinds: readonly DeviceKind[]): Board['choice'] {
  const present = kinds.filter((kind) => ofKind(site, kind).length > 0);
  return { tags: PLACES, measurements: present.length > 0 ? present : ['alarm'] };
}

export interface Board {
  uid: string;
  /** Chinese. */
  title: string;
  /** English: the question that the dashboard answers. */
  description: string;
  /** What the reader may choose, and the measurements in which its values are looked up. */
  choice: { tags: Readonly<Record<string, string>>; measurements: readonly string[] };
  /** Which alarms are marked in its charts; undefined: none. */
  alarms?: readonly string[];
  from: string;
  refresh: string;
  sections: readonly Section[];
}

/** Builds a dashboard: frame, variables, links and marks are the same everywhere. */
export function dashboard(site: Site, board: Board): Dashboard {
  const builder = new DashboardBuilder(board.title)
    .uid(board.uid)
    .description(board.description)
    .tags([TAG])
    .timezone(site.timezone)
    .weekStart('monday')
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: board.from, to: 'now' })
    .refresh(board.refresh)
    .link(linkToOthers())
    .variables(variables(board.choice));
  if (board.alarms) builder.annotation(alarmMarks(board.alarms));
  layOut(builder, board.sections);
  return { panels: [], ...builder.build() };
}

/** Fills the grid from left to right, section by section. */
function layOut(builder: DashboardBuilder, sections: readonly Section[]): void {
  let id = 0;
  let y = 0;
  for (const { title, panels } of sections) {
    if (panels.length === 0) continue;
    id += 1;
    builder.withRow(new RowBuilder(title).id(id).gridPos({ x: 0, y, w: COLUMNS, h: 1 }));
    y += 1;
    let x = 0;
    let tallest = 0;
    for (const { panel, width, height } of panels) {
      if (x + width > COLUMNS) {
        x = 0;
        y += tallest;
        tallest = 0;
      }
      id += 1;
      builder.withPanel(panel.id(id).gridPos({ x, y, w: width, h: height }));
      x += width;
      tallest = Math.max(tallest, height);
    }
    y += tallest;
  }
}

/** Each narrows the choice of those that follow; each may be several or all. */
function variables({ tags, measurements }: Board['choice']): Builder<VariableModel>[] {
  const above: string[] = [];
  return Object.entries(tags).map(([tag, label]) => {
    const where = above.length > 0 ? ` WHERE ${above.join(' AND ')}` : '';
    above.push(likeVariable(tag));
    const from = measurements.map((measurement) => `"${measurement}"`).join(', ');
    const query = `SHOW TAG VALUES FROM ${from} WITH KEY = "${tag}"${where}`;
    return (
      new QueryVariableBuilder(tag)
        .label(label)
        .description(`Which ${tag} to show`)
        .datasource(DATA_SOURCE)
        .query({ refId: 'variable', query })
        .definition(query)
        .refresh(VariableRefresh.OnDashboardLoad)
        .sort(VariableSort.AlphabeticalAsc)
        .multi(true)
        .includeAll(true)
        // spelled out, a county's devices would make a query longer than any server takes
        .allValue('.*')
        .current({ selected: true, text: ['All'], value: ['$__all'] })
    );
  });
}

/** Marks in the charts where alarms were raised. */
function alarmMarks(conditions: readonly string[]): Builder<AnnotationQuery> {
  const query = influxql({
    select: ['"title"', '"severity"', '"device"'],
    from: ['alarm'],
    where: [...chosen, is('event', 'raised'), ...conditions],
  });
  const target: InfluxTarget & Record<string, unknown> = {
    refId: 'alarms',
    datasource: DATA_SOURCE,
    rawQuery: true,
    query,
    resultFormat: 'table',
    fromAnnotations: true,
    name: '报警',
    textColumn: 'title',
    tagsColumn: 'severity,device',
    _implementsDataqueryVariant: () => undefined,
  };
  return new AnnotationQueryBuilder()
    .name('报警')
    .datasource(DATA_SOURCE)
    .enable(true)
    .iconColor('red')
    .target({ build: () => target });
}
