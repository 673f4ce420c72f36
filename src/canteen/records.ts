import { type Static, Type } from 'typebox';
import { about, allows, DateOnly, Id, Name } from '../validation.ts';
import { PAPERS } from './papers.ts';

// What people write into the canteen's ledgers. A key that is absent is not known, and what the law
// asks for and is not known is said as missing: see missing.ts.

const closed = { additionalProperties: false };

/** Made by the client, so that what a phone sends twice is one record. */
export const RecordId = (options = {}) =>
  Type.String({
    pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
    ...allows(
      'an id of letters, digits, dot, - and _, at most 64 characters',
      '由字母、数字、点、- 和 _ 组成的编号，最多 64 个字符',
    ),
    ...options,
  });

export const FileHash = (options = {}) =>
  Type.String({
    pattern: '^[0-9a-f]{64}$',
    ...allows('the hash that the upload answered', '上传时返回的哈希'),
    ...options,
  });

export const Reason = (options = {}) =>
  Type.String({ minLength: 1, maxLength: 500, ...about('Why', '原因'), ...options });

/** In the batch's unit, to a thousandth. */
export const Quantity = (options = {}) =>
  Type.Number({
    exclusiveMinimum: 0,
    maximum: 1_000_000,
    ...about('In the unit of the batch, to a thousandth', '以批次单位计，精确到千分之一'),
    ...options,
  });

export const Meal = Type.Enum(['breakfast', 'lunch', 'dinner'], about('早 / 中 / 晚', '餐次'));
export type Meal = Static<typeof Meal>;

export const Licence = Type.Object(
  {
    number: Name(about('许可证编号', '许可证编号')),
    from: DateOnly(about('The first day it is valid', '有效期起')),
    to: DateOnly(about('The last day it is valid', '有效期止')),
    file: Type.Optional(FileHash()),
  },
  closed,
);

/** Name, address and contact are what art. 53 asks of the supplier. */
export const Supplier = Type.Object(
  {
    name: Name(),
    address: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    phone: Type.Optional(Type.String({ pattern: '^[+0-9][0-9 -]{4,19}$' })),
    licences: Type.Array(Licence, {
      default: [],
      maxItems: 50,
      ...about(
        'Former ones too: each delivery is judged by its own day',
        '含历史许可证，按进货日判断',
      ),
    }),
  },
  closed,
);
export type Supplier = Static<typeof Supplier>;

export const Paper = Type.Object(
  {
    kind: Type.Enum([...PAPERS]),
    file: FileHash(),
    number: Type.Optional(Name(about('Its number', '证明编号'))),
  },
  closed,
);

const details = {
  specification: Type.Optional(Name(about('规格', '规格'))),
  category: Type.Optional(Id(about('Of canteen.categories', '食品类别'))),
  produced: Type.Optional(DateOnly(about('生产日期', '生产日期'))),
  lot: Type.Optional(Name(about('生产批号', '生产批号'))),
  expires: Type.Optional(DateOnly(about('The last day of its shelf life', '保质期至'))),
  noShelfLife: Type.Optional(Type.Boolean(about('It has no shelf life', '无保质期'))),
  supplier: Type.Optional(RecordId()),
  temperature: Type.Optional(
    Type.Number({ minimum: -60, maximum: 120, ...about('At receipt (℃)', '收货温度（℃）') }),
  ),
  sensory: Type.Optional(
    Type.Object(
      { ok: Type.Boolean(), note: Type.Optional(Type.String({ maxLength: 200 })) },
      { ...closed, ...about('感官检查', '感官检查') },
    ),
  ),
  signedBy: Type.Optional(Name(about('验收人', '验收人'))),
  code: Type.Optional(Name(about('What its barcode or QR code says', '条码或二维码内容'))),
};

/** 进货查验 (食品安全法 art. 53). When it was received is the time of its entry. */
export const Batch = Type.Object(
  {
    product: Name(about('食品名称', '食品名称')),
    quantity: Quantity(),
    unit: Type.String({ minLength: 1, maxLength: 10, ...about('kg, 箱, …', '单位') }),
    ...details,
    place: Type.Optional(Id(about('A cold unit or a zone', '存放的设备或区域'))),
    papers: Type.Array(Paper, { default: [], maxItems: 30 }),
  },
  closed,
);
export type Batch = Static<typeof Batch>;

/** What a correction changes; the rest stays. */
export const BatchChanges = Type.Object(
  {
    product: Type.Optional(Name()),
    quantity: Type.Optional(Quantity()),
    received: Type.Optional(Type.Integer(about('When it was received', '进货时间'))),
    ...details,
  },
  { ...closed, minProperties: 1 },
);
export type BatchChanges = Static<typeof BatchChanges>;

export const Moved = Type.Object(
  {
    batch: RecordId(),
    quantity: Quantity(),
    from: Type.Optional(Id(about('Else from wherever it lies', '缺省为其所在处'))),
    to: Id(about('A cold unit or a zone', '存放的设备或区域')),
  },
  closed,
);

export const Used = Type.Object(
  {
    batch: RecordId(),
    dish: RecordId(),
    quantity: Quantity(),
    from: Type.Optional(Id()),
    product: Type.Optional(
      Name(about('Of a batch nobody received: what it is', '未经验收的批次：品名')),
    ),
    unit: Type.Optional(Type.String({ minLength: 1, maxLength: 10 })),
  },
  closed,
);

export const Thrown = Type.Object(
  { batch: RecordId(), quantity: Quantity(), from: Type.Optional(Id()) },
  closed,
);

export const Reversed = Type.Object({ movement: RecordId() }, closed);

export const Dish = Type.Object(
  {
    day: DateOnly(),
    meal: Meal,
    name: Name(),
    classes: Type.Array(Name(), {
      default: [],
      maxItems: 200,
      ...about('Who ate of it; empty: the whole school', '就餐班级，空为全校'),
    }),
  },
  closed,
);

export const Sample = Type.Object(
  {
    dish: RecordId(),
    grams: Type.Number({ exclusiveMinimum: 0, maximum: 10_000 }),
    place: Id(about('The sample fridge', '留样柜')),
  },
  closed,
);

export const Nothing = Type.Object({}, closed);

export const Recalled = Type.Object(
  {
    batches: Type.Array(RecordId(), { minItems: 1, maxItems: 20_000 }),
    supplier: Type.Optional(RecordId()),
  },
  closed,
);

export const Drill = Type.Object(
  { topic: Name(about('What is to be traced', '溯源对象')) },
  closed,
);
export const DrillEnd = Type.Object({ findings: Type.String({ maxLength: 2_000 }) }, closed);
