import writeXlsxFile from 'write-excel-file/node';

const HEADINGS = ['月份', '电量(kWh)', '电费(元)', '水量(m³)', '水费(元)', '备注'];
const WIDTH = 14;

/** A workbook to be filled in with a year's bills; `import bills` takes it back. */
export function billTemplate(year: number): Promise<Buffer> {
  const months = Array.from({ length: 12 }, (_, i) => `${year}-${String(i + 1).padStart(2, '0')}`);
  const rows = [
    [{ value: `${year} 年水电账单`, fontWeight: 'bold' as const }],
    HEADINGS.map((value) => ({ value, fontWeight: 'bold' as const })),
    ...months.map((month) => [{ value: month, format: '@' }]),
  ];
  const columns = HEADINGS.map(() => ({ width: WIDTH }));
  return writeXlsxFile(rows, { sheet: `${year}`, columns, stickyRowsCount: 2 }).toBuffer();
}
