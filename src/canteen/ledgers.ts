import type { DatabaseSync } from 'node:sqlite';
import { addDays, localMoment } from '../campus/school-days.ts';
import { requestInvalid } from '../http/validator.ts';
import type { Table, Value } from '../spreadsheet/write.ts';
import { temperatureRecord } from './cold-chain/temperature-record.ts';
import { MEAL_NAMES, toDish, toSample } from './kitchen-rows.ts';
import { day, type Ledger, type LedgerRange, moment, number, text } from './ledger-columns.ts';
import { receivingLedger } from './ledger-receiving.ts';
import { SampleChecks } from './sample-checks.ts';
import { fromThousandths, optionalNumber, optionalText } from './statements.ts';
import { placeName, type TraceRules } from './trace-rules.ts';

/** The ledgers that can be had as a table. */
export const LEDGERS = [
  'receiving',
  'temperatures',
  'uses',
  'disposals',
  'samples',
  'recalls',
  'suppliers',
  'drills',
] as const;
export type LedgerName = (typeof LEDGERS)[number];

type Row = Record<string, unknown>;

/** The columns are those that schools keep by hand. */
const TABLES: Readonly<Record<LedgerName, Ledger>> = {
  receiving: receivingLedger,
  temperatures: {
    name: '温度记录',
    columns: [
      ...[day('日期'), text('时间', 7), text('设备', 16), text('位置', 16), number('温度℃')],
      ...[text('是否正常', 9), text('情况', 28), text('处理措施', 26), text('记录人', 14)],
    ],
    *rows(connection, rules, { from, to }) {
      const last = localMoment(to - 1, rules.timezone).day;
      for (let one = localMoment(from, rules.timezone).day; one <= last; one = addDays(one, 1)) {
        for (const row of temperatureRecord(connection, rules, one).rows) {
          yield [
            ...[row.day, row.time, row.name, row.zone, row.temperature],
            row.isNormal === undefined ? '未知' : row.isNormal ? '正常' : '异常',
            ...[row.what?.zh, row.action, row.person],
          ];
        }
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
      const found = { en: `more than ${MOST_ROWS} lines`, zh: `超过 ${MOST_ROWS} 行` };
      throw requestInvalid('query.to', found, allowed);
    }
    taken.push(row);
  }
  return { name, columns, rows: taken };
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
