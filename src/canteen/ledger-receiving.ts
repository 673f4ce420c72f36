import type { Value } from '../spreadsheet/write.ts';
import { type BatchFacts, BatchReader } from './batch-facts.ts';
import { day, type Ledger, moment, number, text } from './ledger-columns.ts';
import { PAPER_NAMES, PAPERS } from './papers.ts';
import { fromThousandths } from './statements.ts';

/** 进货查验台账 in the columns that schools keep by hand. */
export const receivingLedger: Ledger = {
  name: '进货查验台账',
  columns: [
    ...[moment('进货时间'), text('品名', 18), text('规格'), number('数量'), text('单位', 6)],
    ...[day('生产日期'), text('生产批号'), day('保质期至'), text('供货者', 18)],
    ...[text('供货者地址', 22), text('供货者电话'), text('许可证号', 18), day('许可证有效期至')],
    ...[text('合格证明', 24), text('感官检查'), number('收货温度℃'), text('验收人', 10)],
    ...[number('报废数量'), number('结存'), text('缺项', 26), day('记录保存至'), text('批次', 20)],
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
};

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
