import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { generate } from '../../dashboards/generate.ts';
import { loadConfiguration } from '../../src/campus/load.ts';
import { realProfiles } from '../harness/profiles.ts';

const ROOT = join(import.meta.dirname, '../..');
export const GENERATED = join(ROOT, 'dashboards/generated');

/** The configuration from which the committed dashboards are built. */
export const example = loadConfiguration(join(ROOT, 'campus.example.yaml'), realProfiles);

const Source = Type.Object({ type: Type.String(), uid: Type.String() });

const Target = Type.Object({
  refId: Type.String(),
  datasource: Source,
  rawQuery: Type.Literal(true),
  query: Type.String(),
  resultFormat: Type.Enum(['time_series', 'table']),
  alias: Type.Optional(Type.String()),
});

const Matched = Type.Object({
  matcher: Type.Object({ id: Type.String(), options: Type.Unknown() }),
  properties: Type.Array(Type.Object({ id: Type.String(), value: Type.Unknown() })),
});

const Steps = Type.Array(
  Type.Object({ value: Type.Union([Type.Number(), Type.Null()]), color: Type.String() }),
);

const Panel = Type.Object({
  id: Type.Integer({ minimum: 1 }),
  type: Type.String(),
  title: Type.String(),
  description: Type.Optional(Type.String()),
  datasource: Type.Optional(Source),
  gridPos: Type.Object({
    x: Type.Integer({ minimum: 0 }),
    y: Type.Integer({ minimum: 0 }),
    w: Type.Integer({ minimum: 1, maximum: 24 }),
    h: Type.Integer({ minimum: 1 }),
  }),
  targets: Type.Optional(Type.Array(Target)),
  interval: Type.Optional(Type.String()),
  timeFrom: Type.Optional(Type.String()),
  timeShift: Type.Optional(Type.String()),
  links: Type.Optional(Type.Array(Type.Object({ url: Type.String() }))),
  fieldConfig: Type.Optional(
    Type.Object({
      defaults: Type.Object({
        unit: Type.Optional(Type.String()),
        noValue: Type.Optional(Type.String()),
        thresholds: Type.Object({ steps: Steps }),
      }),
      overrides: Type.Array(Matched),
    }),
  ),
});

const Variable = Type.Object({
  name: Type.String(),
  type: Type.Literal('query'),
  label: Type.String(),
  description: Type.String(),
  datasource: Source,
  multi: Type.Literal(true),
  includeAll: Type.Literal(true),
  allValue: Type.Literal('.*'),
  query: Type.Object({ query: Type.String() }),
  definition: Type.String(),
});

const Annotation = Type.Object({
  name: Type.String(),
  datasource: Source,
  enable: Type.Boolean(),
  target: Type.Object({
    query: Type.String(),
    fromAnnotations: Type.Literal(true),
    textColumn: Type.String(),
    tagsColumn: Type.String(),
  }),
});

const Board = Type.Object({
  uid: Type.String({ minLength: 8, maxLength: 40 }),
  title: Type.String(),
  description: Type.String(),
  tags: Type.Array(Type.String()),
  timezone: Type.String(),
  refresh: Type.String(),
  time: Type.Object({ from: Type.String(), to: Type.Literal('now') }),
  schemaVersion: Type.Integer(),
  links: Type.Array(Type.Object({ type: Type.String(), tags: Type.Array(Type.String()) })),
  templating: Type.Object({ list: Type.Array(Variable) }),
  annotations: Type.Object({ list: Type.Optional(Type.Array(Annotation)) }),
  panels: Type.Array(Panel),
});

export type Board = Static<typeof Board>;
export type Panel = Static<typeof Panel>;

/** Reads a dashboard's JSON; throws where it is not what Grafana is to get. */
export const parseBoard = (json: string): Board => Value.Parse(Board, JSON.parse(json));

export const committed = (file: string): string => readFileSync(join(GENERATED, file), 'utf8');

/** The dashboards of the example: file name and content. */
export const boards: readonly (readonly [string, Board])[] = [...generate([example])].map(
  ([file, json]) => [file, parseBoard(json)],
);

/** What shows something, not the headings between. */
export const panelsOf = ({ panels }: Board): Panel[] => panels.filter(({ type }) => type !== 'row');

export interface BoardQuery {
  /** Whose query it is: `总览 / 静默的设备 A`. */
  name: string;
  board: Board;
  panel: Panel | undefined;
  query: string;
}

/** Every query of a dashboard: its panels', its variables' and its annotations'. */
export function queriesOf(board: Board): BoardQuery[] {
  const panels = panelsOf(board).flatMap((panel) =>
    (panel.targets ?? []).map(({ refId, query }) => ({
      name: `${board.title} / ${panel.title} ${refId}`,
      board,
      panel,
      query,
    })),
  );
  const others = [
    ...board.templating.list.map(
      (variable) => [`$${variable.name}`, variable.query.query] as const,
    ),
    ...(board.annotations.list ?? []).map(({ name, target }) => [name, target.query] as const),
  ].map(([name, query]) => ({ name: `${board.title} / ${name}`, board, panel: undefined, query }));
  return [...panels, ...others];
}
