import type { Text } from '../errors.ts';
import { PAPER_NAMES, type PaperKind } from './papers.ts';
import type { CanteenConfig } from './schema.ts';

/** What the law wants to be known of a batch, as far as it is. */
export interface BatchKnowledge {
  /** Somebody has written down that it came. */
  isReceived: boolean;
  /** Who received it, or else who used it first. */
  knownBy: string;
  specification: string | undefined;
  category: string | undefined;
  produced: string | undefined;
  lot: string | undefined;
  expires: string | undefined;
  noShelfLife: boolean;
  signedBy: string | undefined;
  supplier:
    | { address: string | undefined; phone: string | undefined; isLicensed: boolean }
    | undefined;
  papers: readonly string[];
  /** % of its hours in cold units that readings cover; undefined: it lay in none. */
  coverage: number | undefined;
}

/** Whose job it is to add something. */
export const JOBS = ['receiver', 'buyer', 'storekeeper'] as const;
export type Job = (typeof JOBS)[number];

export const JOB_NAMES: Readonly<Record<Job, Text>> = {
  receiver: { zh: '验收人', en: 'whoever receives deliveries' },
  buyer: { zh: '采购员', en: 'the buyer' },
  storekeeper: { zh: '库管员', en: 'the storekeeper' },
};

/** Something that keeps a batch from being traceable. */
export interface Missing {
  /** Stable: receipt, specification, category, lot, shelf-life, supplier, … */
  what: string;
  text: Text;
  job: Job;
  /** Who is known to have had it in hand. */
  person: string;
}

/**
 * What a batch lacks to be traceable; empty: it is. The fields and the supplier's licence are 食品安全法
 * art. 53; the certificates by category are practice; that the cold units must be covered by readings
 * follows from art. 42 (全程追溯).
 */
export function missingOf(
  known: BatchKnowledge,
  { categories, coverage }: Pick<CanteenConfig, 'categories' | 'coverage'>,
): Missing[] {
  const missing: Missing[] = [];
  const add = (what: string, job: Job, zh: string, en: string) =>
    missing.push({ what, text: { zh, en }, job, person: known.knownBy });
  if (!known.isReceived) {
    add('receipt', 'receiver', '没有进货查验记录', 'nobody recorded its receipt');
    return missing;
  }
  if (!known.specification) add('specification', 'receiver', '缺规格', 'no specification');
  if (!known.produced && !known.lot) {
    add('lot', 'receiver', '缺生产日期或生产批号', 'neither day of production nor lot');
  }
  if (!known.expires && !known.noShelfLife) {
    add('shelf-life', 'receiver', '缺保质期', 'no shelf life');
  }
  if (!known.signedBy) add('signature', 'receiver', '缺验收人签名', 'nobody signed for it');
  const { supplier } = known;
  if (!supplier) add('supplier', 'buyer', '缺供货者', 'no supplier');
  else {
    if (!supplier.address) add('supplier-address', 'buyer', '缺供货者地址', 'no supplier address');
    if (!supplier.phone) {
      add('supplier-phone', 'buyer', '缺供货者联系方式', 'no contact of the supplier');
    }
    if (!supplier.isLicensed) {
      const zh = '进货当日供货者没有有效许可证';
      add('licence', 'buyer', zh, 'the supplier had no valid licence on the day of receipt');
    }
  }
  const category = categories.find(({ id }) => id === known.category);
  if (!category) add('category', 'receiver', '缺食品类别', 'no food category');
  for (const group of category?.certificates ?? []) {
    if (group.some((paper) => known.papers.includes(paper))) continue;
    const { zh, en } = sayPapers(group);
    add(`certificate:${group.join('|')}`, 'receiver', `缺${zh}`, `no ${en}`);
  }
  if (known.coverage !== undefined && known.coverage < coverage) {
    const percent = Math.floor(known.coverage);
    const zh = `存放期间温度记录仅覆盖 ${percent}%`;
    add(
      'cold-chain',
      'storekeeper',
      zh,
      `readings cover only ${percent} % of its time in the cold`,
    );
  }
  return missing;
}

function sayPapers(group: readonly PaperKind[]): Text {
  const names = group.map((paper) => PAPER_NAMES[paper]);
  return {
    zh: names.map(({ zh }) => zh).join('或'),
    en: names.map(({ en }) => en).join(' or '),
  };
}
