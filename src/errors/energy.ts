import { type Entry, entry } from './entry.ts';

export const ENERGY = {
  // meters
  METER_UNKNOWN: entry(
    404,
    'No such register at {device}; it has: {metrics}.',
    'Name a meter, and with `metric` which of its registers.',
    '{device} 没有这个计量指标；可用：{metrics}。',
    '请指定计量表，有多个表底时用 metric 指明。',
  ),
  REPLACEMENT_FUTURE: entry(
    400,
    'The replacement at {at} lies in the future.',
    'Declare it after it was done, with the time at which the new meter began to count.',
    '换表时间 {at} 在将来。',
    '请在换表完成后登记，时间填新表开始计量的时刻。',
  ),
  REPLACEMENT_ORDER: entry(
    409,
    'The replacement at {at} is not after the one known already, at {known}.',
    'Check the time; each replacement is declared once, in order.',
    '换表时间 {at} 不晚于已登记的换表（{known}）。',
    '请核对时间；每次换表只登记一次，按时间先后登记。',
  ),
  REPLACEMENT_FINAL: entry(
    409,
    'The old meter’s last figure {found} is less than what it showed already: {last} at {time}.',
    'Read the old meter again, or check the time of the replacement.',
    '旧表止码 {found} 小于它已上报的 {last}（{time}）。',
    '请复核旧表止码，或核对换表时间。',
  ),
  REPLACEMENT_BEFORE_READING: entry(
    409,
    'After the replacement at {at} the meter showed {found} (at {time}): that is not the new meter’s.',
    'The time lies before the old meter’s last reading, or the new meter’s first figure is wrong.',
    '换表时间 {at} 之后的读数 {found}（{time}）不像是新表的。',
    '换表时间早于旧表最后一次读数，或新表起码有误，请核对。',
  ),
  // bills, and adjustments of the baseline
  BILL_FILE: entry(
    400,
    'The file cannot be read: {reason}.',
    'Take an XLSX or CSV with a row of headings; `bills template` writes one.',
    '无法读取该文件：{reasonZh}。',
    '请使用带标题行的 XLSX 或 CSV；`bills template` 可生成模板。',
  ),
  BILL_HEADING: entry(
    422,
    'No sheet has headings for a period and {utility}; found were: {found}.',
    'There must be a column for the month (or first and last day) and one for the amount; `bills template` writes an example.',
    '没有找到同时含“月份（或起止日期）”和“{utilityZh}量”的标题行；文件内容：{found}。',
    '需要一列月份（或起止日期）和一列用量；`bills template` 可生成模板。',
  ),
  BILL_CELL: entry(
    422,
    '{cell} is {found}; allowed: {allowed}.',
    'Correct the cell and import the file again; nothing was written.',
    '单元格 {cell} 为 {found}；允许：{allowedZh}。',
    '请改正后重新导入；本次未写入任何内容。',
  ),
  BILLS_NOT_UNDERSTOOD: entry(
    422,
    '{count} cell(s) were not understood, nothing was written:\n{list}',
    'Correct them and import the file again; the preview shows how each row is understood.',
    '有 {count} 个单元格无法理解，未写入任何内容：\n{list}',
    '请改正后重新导入；预览会显示每一行的理解结果。',
  ),
  BILLS_CONFLICT: entry(
    409,
    '{count} bill(s) differ from those of their period, nothing was written:\n{list}',
    'Where the new ones are right, import again with --replace (`replace=true`): the old ones are withdrawn and kept.',
    '有 {count} 张账单与已有账单的时段重叠而内容不同，未写入任何内容：\n{list}',
    '确认新账单正确后，用 --replace（`replace=true`）再次导入：旧账单作废留档。',
  ),
  BILL_UNKNOWN: entry(
    404,
    'There is no bill {bill}.',
    '`bills list` shows them.',
    '没有账单 {bill}。',
    '用 `bills list` 查看。',
  ),
  BILL_WITHDRAWN: entry(
    409,
    'The bill {bill} has been withdrawn already: {reason}.',
    'Nothing has to be done.',
    '账单 {bill} 已作废：{reason}。',
    '无需处理。',
  ),
  ADJUSTMENT_UNKNOWN: entry(
    404,
    'There is no adjustment {id}.',
    '`adjustments list` shows them.',
    '没有基准调整 {id}。',
    '用 `adjustments list` 查看。',
  ),
  ADJUSTMENT_WITHDRAWN: entry(
    409,
    'The adjustment {id} has been taken back by {by} already, or takes another back itself.',
    'Record a new adjustment instead.',
    '基准调整 {id} 已被 {by} 冲销，或其本身就是冲销记录。',
    '请另记一条新的调整。',
  ),
} satisfies Record<string, Entry>;
