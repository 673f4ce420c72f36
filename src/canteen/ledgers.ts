import type { DatabaseSync } from 'node:sqlite';
import type { Millis } from '../clock.ts';
import { requestInvalid } from '../http/validator.ts';
import type { Column, Table, Value } from '../spreadsheet/write.ts';
import { type BatchFacts, BatchReader } from './batch-facts.ts';
import { MEAL_NAMES, toDish, toSample } from './kitchen-rows.ts';
import { PAPER_NAMES, PAPERS } from './papers.ts';
import { SampleChecks } from './sample-checks.ts';
import { fromThousandths, optionalNumber, optionalText } from './statements.ts';
import type { TraceRules } from './trace-rules.ts';

/** The ledgers that can be had as a table. */
export const LEDGERS = [
  'receiving',
  'uses',
  'disposals',
  'samples',
  'recalls',
  'suppliers',
  'drills',
] as const;
export type LedgerName = (typeof LEDGERS)[number];

/** What a ledger is read from and for which time. */
export interface LedgerRange {
  from: Millis;
  /** Excluded. */
  to: Millis;
}

interface Ledger {
  name: string;
  columns: readonly Column[];
  rows(connection: DatabaseSync, rules: TraceRules, range: LedgerRange): Iterable<Value[]>;
}

const text = (heading: string, width = 14): Column => ({ heading, kind: 'text', width });
const number = (heading: string): Column => ({ heading, kind: 'number', width: 9 });
const day = (heading: string): Column => ({ heading, kind: 'day', width: 12 });
const moment = (heading: string): Column => ({ heading, kind: 'moment', width: 17 });

type Row = Record<string, unknown>;

/** The columns are those that schools keep by hand. */
const TABLES: Readonly<Record<LedgerName, Ledger>> = {
  receiving: {
    name: '进货查验台账',
    columns: [
      ...[moment('进货时间'), text('品名', 18), text('规格'), number('数量'), text('单位', 6)],
      ...[day('生产日期'), text('生产批号'), day('保质期至'), text('供货者', 18)],
      ...[text('供货者地址', 22), text('供货者电话'), text('许可证号', 18), day('许可证有效期至')],
      ...[text('合格证明', 24), text('感官检查'), number('收货温度℃'), text('验收人', 10)],
      ...[
        number('报废数量'),
        number('结存'),
        text('缺项', 26),
        day('记录保存至'),
        text('批次', 20),
      ],
    ],
    *rows(connection, rules, range) {
      const reader = new BatchReader(connection, rules);
      const thrown = connection.prepare(
        `SELECT sum(quantity) AS sum FROM stock_movement
         WHERE campus = ? AND batch = ? AND kind = 'thrown' AND reversed = 0`,
      );
      const ids = connection
        .prepare(
          'SELECT id FROM food_batch WHERE campus = ? AND received >= ? AND received < ? ORDER BY received, id',
        )
        .iterate(rules.campus, range.from, range.to);
      for (const { id } of ids) {
        const batch = reader.read(String(id));
        const sum = Number(thrown.get(rules.campus, String(id))?.sum ?? 0);
        if (batch) yield receivingRow(batch, fromThousandths(sum));
      }
    },
  },
  uses: {
    name: '出库使用台账',
    columns: [
      ...[moment('时间'), text('品名', 18), number('数量'), text('单位', 6), text('批次', 20)],
      ...[
        day('用餐日'),
        text('餐次', 8),
        text('菜品', 18),
        text('就餐班级', 24),
        text('领用人', 10),
      ],
      text('说明', 24),
    ],
    *rows(connection, { campus }, range) {
      const ofDish = connection.prepare('SELECT * FROM dish WHERE campus = ? AND id = ?');
      for (const row of movements(connection, 'used', campus, range)) {
        const found = ofDish.get(campus, String(row.dish));
        const dish = found && toDish(found);
        yield [
          ...movement(row),
          ...[dish?.day, dish && MEAL_NAMES[dish.meal].zh, dish?.name],
          ...[dish && (dish.classes.join('、') || '全校'), String(row.person)],
          optionalText(row, 'reason'),
        ];
      }
    },
  },
  disposals: {
    name: '废弃处置台账',
    columns: [
      ...[moment('时间'), text('品名', 18), number('数量'), text('单位', 6), text('批次', 20)],
      ...[day('保质期至'), text('原因', 26), text('处置人', 10)],
    ],
    *rows(connection, { campus }, range) {
      for (const row of movements(connection, 'thrown', campus, range)) {
        const [expires, reason] = [optionalText(row, 'expires'), optionalText(row, 'reason')];
        yield [...movement(row), expires, reason, String(row.person)];
      }
    },
  },
  samples: {
    name: '留样台账',
    columns: [
      ...[day('日期'), text('餐次', 8), text('菜品', 18), number('克数'), moment('留样时间')],
      ...[text('留样人', 10), text('留样柜'), number('最低温℃'), number('最高温℃')],
      ...[moment('销毁时间'), text('销毁人', 10), text('说明', 24), text('问题', 28)],
    ],
    *rows(connection, rules, { from, to }) {
      const checks = new SampleChecks(connection, rules);
      const rows = connection
        .prepare(
          'SELECT * FROM food_sample WHERE campus = ? AND taken >= ? AND taken < ? ORDER BY taken, id',
        )
        .iterate(rules.campus, from, to);
      const ofDish = connection.prepare('SELECT * FROM dish WHERE campus = ? AND id = ?');
      for (const row of rows) {
        const sample = toSample(row);
        const found = ofDish.get(rules.campus, sample.dish);
        if (!found) continue;
        const dish = toDish(found);
        const { min, max, findings } = checks.ofSample(sample);
        yield [
          ...[dish.day, MEAL_NAMES[dish.meal].zh, dish.name, sample.grams, sample.taken],
          ...[sample.person, placeName(rules, sample.place), min, max],
          ...[sample.disposed, sample.disposedBy, sample.disposalReason],
          findings.map((finding) => finding.text.zh).join('；'),
        ];
      }
    },
  },
  recalls: {
    name: '召回台账',
    columns: [
      ...[
        moment('时间'),
        text('原因', 26),
        text('供货者', 18),
        number('批次数'),
        text('召回人', 10),
      ],
      ...[moment('解除时间'), text('解除人', 10), text('编号', 20)],
    ],
    *rows(connection, { campus }, { from, to }) {
      const rows = connection
        .prepare(
          `SELECT r.*, s.name AS supplier_name, json_array_length(e.body, '$.batches') AS batches
           FROM food_recall r
           JOIN ledger_entry e ON e.campus = r.campus AND e.id = r.id
           LEFT JOIN supplier s ON s.campus = r.campus AND s.id = r.supplier
           WHERE r.campus = ? AND r.time >= ? AND r.time < ? ORDER BY r.time`,
        )
        .iterate(campus, from, to);
      for (const row of rows) {
        yield [
          ...[Number(row.time), String(row.reason), optionalText(row, 'supplier_name')],
          ...[Number(row.batches), String(row.person), optionalNumber(row, 'lifted')],
          ...[optionalText(row, 'lifted_by'), String(row.id)],
        ];
      }
    },
  },
  suppliers: {
    name: '供货者台账',
    columns: [
      ...[text('供货者', 18), text('地址', 22), text('电话'), text('许可证号', 18)],
      ...[day('有效期起'), day('有效期至'), text('编号', 16)],
    ],
    *rows(connection, { campus }) {
      const rows = connection
        .prepare(
          `SELECT s.*, l.number, l.valid_from, l.valid_to FROM supplier s
           LEFT JOIN supplier_licence l ON l.campus = s.campus AND l.supplier = s.id
           WHERE s.campus = ? AND s.removed = 0 ORDER BY s.id, l.valid_to`,
        )
        .iterate(campus);
      for (const row of rows) {
        yield [
          ...[String(row.name), optionalText(row, 'address'), optionalText(row, 'phone')],
          ...[optionalText(row, 'number'), optionalText(row, 'valid_from')],
          ...[optionalText(row, 'valid_to'), String(row.id)],
        ];
      }
    },
  },
  drills: {
    name: '溯源演练台账',
    columns: [
      ...[moment('开始'), moment('结束'), number('用时（分）'), text('对象', 26)],
      ...[text('发起人', 10), text('结束人', 10), text('结果', 30)],
    ],
    *rows(connection, { campus }, { from, to }) {
      const rows = connection
        .prepare(
          'SELECT * FROM trace_drill WHERE campus = ? AND started >= ? AND started < ? ORDER BY started',
        )
        .iterate(campus, from, to);
      for (const row of rows) {
        const started = Number(row.started);
        const finished = optionalNumber(row, 'finished');
        const took = finished === undefined ? undefined : Math.round((finished - started) / 60_000);
        yield [
          ...[started, finished, took, String(row.topic), String(row.person)],
          ...[optionalText(row, 'finished_by'), optionalText(row, 'findings')],
        ];
      }
    },
  },
};

/** More are a longer time than anybody prints. */
const MOST_ROWS = 20_000;

/** A ledger of a time as a table. Throws REQUEST_INVALID where it has more than 20 000 lines. */
export function ledgerTable(
  connection: DatabaseSync,
  rules: TraceRules,
  ledger: LedgerName,
  range: LedgerRange,
): Table {
  const { name, columns, rows } = TABLES[ledger];
  const taken: Value[][] = [];
  for (const row of rows(connection, rules, range)) {
    if (taken.length === MOST_ROWS) {
      const allowed = {
        en: `at most ${MOST_ROWS} lines: a shorter time`,
        zh: `最多 ${MOST_ROWS} 行，请缩短时间`,
      };
      throw requestInvalid('query.to', `more than ${MOST_ROWS} lines`, allowed);
    }
    taken.push(row);
  }
  return { name, columns, rows: taken };
}

function receivingRow(batch: BatchFacts, thrown: number): Value[] {
  const { supplier, sensory } = batch;
  const papers = PAPERS.filter((kind) => batch.papers.some((paper) => paper.kind === kind));
  return [
    ...[batch.received, batch.product, batch.specification, batch.quantity, batch.unit],
    ...[batch.produced, batch.lot, batch.noShelfLife ? undefined : batch.expires],
    ...[supplier?.name, supplier?.address, supplier?.phone],
    ...[supplier?.licence?.number, supplier?.licence?.to],
    papers.map((kind) => PAPER_NAMES[kind].zh).join('、'),
    sensory && `${sensory.ok ? '合格' : '不合格'}${sensory.note ? `：${sensory.note}` : ''}`,
    ...[batch.temperature, batch.signedBy, thrown || undefined, batch.left],
    batch.missing.map((one) => one.text.zh).join('；'),
    ...[batch.keepUntil, batch.id],
  ];
}

const movements = (
  connection: DatabaseSync,
  kind: 'used' | 'thrown',
  campus: string,
  { from, to }: LedgerRange,
): Iterable<Row> =>
  connection
    .prepare(
      `SELECT m.*, b.product, b.unit, b.expires FROM stock_movement m
       JOIN food_batch b ON b.campus = m.campus AND b.id = m.batch
       WHERE m.campus = ? AND m.kind = ? AND m.reversed = 0 AND m.time >= ? AND m.time < ?
       ORDER BY m.time, m.number`,
    )
    .iterate(campus, kind, from, to);

const movement = ({ time, product, quantity, unit, batch }: Row): Value[] => [
  ...[Number(time), String(product), fromThousandths(Number(quantity)), String(unit)],
  String(batch),
];

const placeName = ({ units, zones }: TraceRules, place: string): string =>
  units.find((unit) => unit.place === place)?.name ?? zones[place] ?? place;
