import { describe, expect, test } from 'vitest';
import { boards, queriesOf } from './boards.ts';
import { checkInfluxql } from './influxql-check.ts';
import { schemaOf } from './schema.ts';

describe.each(boards)('%s', (_file, board) => {
  test.each(queriesOf(board).map((entry) => [entry.name, entry.query]))('%s', (_name, query) => {
    expect(() => checkInfluxql(query, schemaOf(board))).not.toThrow();
  });
});
