import { type Figure, isReached, ratioOf } from './measurement.ts';

const number = (value: number): string => {
  const digits = Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en', { maximumFractionDigits: digits, useGrouping: true });
};

function goalOf({ goal, unit }: Figure): string {
  if (!goal) return '';
  const parts = [
    goal.ratioAtLeast === undefined ? '' : `≥ ${goal.ratioAtLeast} ×`,
    goal.atLeast === undefined ? '' : `≥ ${number(goal.atLeast)} ${unit}`,
    goal.atMost === undefined ? '' : `≤ ${number(goal.atMost)} ${unit}`,
  ];
  return parts.filter(Boolean).join(', ');
}

const HEADING = ['', 'measured', 'baseline', 'ratio', 'goal', ''];

function cellsOf(figure: Figure): string[] {
  const { name, value, unit, baseline } = figure;
  const ratio = ratioOf(figure);
  const reached = isReached(figure);
  return [
    name,
    `${number(value)} ${unit}`,
    baseline ? `${number(baseline.value)} ${unit} ${baseline.name}` : '',
    ratio === undefined ? '' : number(ratio),
    goalOf(figure),
    reached === undefined ? '' : reached ? '✓' : '✗',
  ];
}

/** The figures as a table for a terminal. */
export function table(figures: readonly Figure[]): string {
  const rows = [HEADING, ...figures.map(cellsOf)];
  const widths = HEADING.map((_, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  return rows
    .map((cells) =>
      cells
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
