/**
 * Papers that can come with a delivery. 食品安全法 art. 53 asks for 合格证明 and to keep the vouchers;
 * which paper proves it for which food is practice.
 */
export const PAPERS = [
  'conformity',
  'quarantine',
  'meat-inspection',
  'commitment',
  'origin',
  'purchase',
  'import-inspection',
  'voucher',
  'photo',
] as const;
export type PaperKind = (typeof PAPERS)[number];

export const PAPER_NAMES: Readonly<Record<PaperKind, { zh: string; en: string }>> = {
  conformity: { zh: '产品合格证明', en: 'certificate of conformity' },
  quarantine: { zh: '动物检疫合格证明', en: 'animal quarantine certificate' },
  'meat-inspection': { zh: '肉品品质检验合格证明', en: 'meat quality inspection certificate' },
  commitment: { zh: '承诺达标合格证', en: 'producer’s commitment certificate' },
  origin: { zh: '产地证明', en: 'proof of origin' },
  purchase: { zh: '购货凭证', en: 'proof of purchase' },
  'import-inspection': {
    zh: '入境检验检疫证明',
    en: 'import inspection and quarantine certificate',
  },
  voucher: { zh: '进货票据', en: 'delivery voucher' },
  photo: { zh: '照片', en: 'photo' },
};
