import { Type } from 'typebox';
import { BothTexts, Time } from '../http/shapes.ts';
import { about } from '../validation.ts';
import { Licence, Meal } from './records.ts';

// What the canteen's routes answer. A key that is absent is not known or has not happened.

const Quantity = Type.Number(about('In the unit of the batch', '以批次单位计'));

export const MissingShape = Type.Object({
  what: Type.String(about('Stable', '稳定的代码')),
  text: BothTexts('What is missing', '缺什么'),
  job: Type.Enum(['receiver', 'buyer', 'storekeeper'], about('Whose job it is', '责任岗位')),
  person: Type.String(about('Who had it in hand', '经手人')),
});

const Lies = Type.Array(
  Type.Object({
    place: Type.String(about('Empty: not put anywhere', '空为未入库')),
    name: Type.Optional(Type.String()),
    quantity: Quantity,
  }),
  about('What lies where', '存放位置'),
);

const Stay = Type.Object({
  place: Type.String(),
  name: Type.String(),
  since: Time('From', '起'),
  until: Type.Optional(Time('Until; absent: it still lies there', '止，缺省为仍在')),
  coverage: Type.Optional(
    Type.Number(about('% of the time that readings cover', '温度读数覆盖的时间百分比')),
  ),
  min: Type.Optional(Type.Number(about('℃', '最低温度'))),
  max: Type.Optional(Type.Number(about('℃', '最高温度'))),
  mean: Type.Optional(Type.Number(about('℃', '平均温度'))),
});

export const BatchShape = Type.Object({
  id: Type.String(),
  version: Type.Integer(about('To be sent with a correction', '更正时须一并提交')),
  product: Type.String(),
  specification: Type.Optional(Type.String()),
  category: Type.Optional(Type.String()),
  quantity: Type.Optional(Quantity),
  unit: Type.String(),
  produced: Type.Optional(Type.String()),
  lot: Type.Optional(Type.String()),
  expires: Type.Optional(Type.String()),
  noShelfLife: Type.Boolean(),
  received: Type.Optional(Time('When it came; absent: nobody recorded it', '进货时间')),
  receivedDay: Type.Optional(Type.String()),
  temperature: Type.Optional(Type.Number()),
  sensory: Type.Optional(Type.Object({ ok: Type.Boolean(), note: Type.Optional(Type.String()) })),
  signedBy: Type.Optional(Type.String()),
  code: Type.Optional(Type.String()),
  supplier: Type.Optional(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      address: Type.Optional(Type.String()),
      phone: Type.Optional(Type.String()),
      licence: Type.Optional(
        Type.Object(
          { number: Type.String(), to: Type.String(), file: Type.Optional(Type.String()) },
          about('The one that was valid on the day of receipt', '进货当日有效的许可证'),
        ),
      ),
    }),
  ),
  papers: Type.Array(
    Type.Object({ kind: Type.String(), file: Type.String(), number: Type.Optional(Type.String()) }),
  ),
  stays: Type.Array(Stay, about('Where it lay from when to when', '存放经过')),
  left: Type.Optional(Type.Number(about('In − used − thrown away', '结存'))),
  lies: Lies,
  recall: Type.Optional(Type.Object({ id: Type.String(), reason: Type.String() })),
  keepUntil: Type.String(about('Its records must be there until this day', '记录保存期限')),
  missing: Type.Array(MissingShape, about('Empty: it is traceable', '空表示可溯源')),
});

export const BatchLineShape = Type.Object({
  id: Type.String(),
  product: Type.String(),
  received: Type.Optional(Time('When it came', '进货时间')),
  supplier: Type.Optional(Type.String()),
  expires: Type.Optional(Type.String()),
  left: Type.Optional(Quantity),
  unit: Type.String(),
  isRecalled: Type.Boolean(),
});

/** A product as it came the last time. */
export const UsualShape = Type.Object({
  product: Type.String(),
  specification: Type.Optional(Type.String()),
  category: Type.Optional(Type.String()),
  quantity: Type.Number(),
  unit: Type.String(),
  place: Type.Optional(Type.String()),
  code: Type.Optional(Type.String()),
  shelfLifeDays: Type.Optional(Type.Integer(about('As it was the last time', '上次的保质期天数'))),
});

export const LookupShape = Type.Object({
  code: Type.String(about('To be stored with the batch', '登记批次时填入 code')),
  gtin: Type.Optional(Type.String()),
  lot: Type.Optional(Type.String()),
  produced: Type.Optional(Type.String()),
  expires: Type.Optional(Type.String()),
  batches: Type.Array(BatchLineShape, about('Of which something is left', '尚有结存的批次')),
  usual: Type.Optional(
    Type.Object({ ...UsualShape.properties, supplier: Type.Optional(Type.String()) }),
  ),
});

export const SupplierShape = Type.Object({
  id: Type.String(),
  version: Type.Integer(about('To be sent with a change', '修改时须一并提交')),
  name: Type.String(),
  address: Type.Optional(Type.String()),
  phone: Type.Optional(Type.String()),
  licences: Type.Array(Licence),
});

const Finding = Type.Object({
  what: Type.String(about('Stable', '稳定的代码')),
  text: BothTexts('What is not as it must be', '问题'),
});

export const SampleShape = Type.Object({
  id: Type.String(),
  dish: Type.String(),
  grams: Type.Number(),
  taken: Time('When it was taken', '留样时间'),
  person: Type.String(),
  place: Type.String(),
  keepUntil: Time('48 h later', '须保存至'),
  disposed: Type.Optional(Time('When it was destroyed', '销毁时间')),
  disposedBy: Type.Optional(Type.String()),
  disposalReason: Type.Optional(Type.String()),
});

export const DishShape = Type.Object({
  id: Type.String(),
  day: Type.String(),
  meal: Meal,
  name: Type.String(),
  classes: Type.Array(Type.String(), about('Empty: the whole school', '空为全校')),
});

export const DishSamplesShape = Type.Object({
  ...DishShape.properties,
  samples: Type.Array(
    Type.Object({
      ...SampleShape.properties,
      min: Type.Optional(Type.Number(about('℃', '最低温度'))),
      max: Type.Optional(Type.Number(about('℃', '最高温度'))),
      findings: Type.Array(Finding),
    }),
  ),
  findings: Type.Array(Finding),
});

const Use = Type.Object({
  batch: Type.String(),
  quantity: Quantity,
  unit: Type.String(),
  time: Time('When', '时间'),
  person: Type.String(),
});

export const MealTraceShape = Type.Object({
  day: Type.String(),
  meal: Meal,
  dishes: Type.Array(
    Type.Object({ ...DishSamplesShape.properties, uses: Type.Array(Use) }),
    about('With their samples and what went into them', '菜品、留样与用料'),
  ),
  batches: Type.Array(BatchShape, about('Each batch once', '所用批次')),
});

const forward = {
  batches: Type.Array(
    Type.Object({
      id: Type.String(),
      product: Type.String(),
      received: Type.Optional(Time('When it came', '进货时间')),
      quantity: Type.Optional(Quantity),
      left: Type.Optional(Quantity),
      unit: Type.String(),
      isRecalled: Type.Boolean(),
      lies: Lies,
    }),
  ),
  dishes: Type.Array(
    Type.Object({ ...DishShape.properties, uses: Type.Array(Use) }),
    about('The dishes they went into', '用于哪些菜品'),
  ),
  classes: Type.Array(Type.String(), about('Who ate of them', '就餐班级')),
  wholeSchool: Type.Boolean(about('Some dish went to the whole school', '有菜品供应全校')),
  isTruncated: Type.Boolean(
    about('There are more: ask for a shorter time', '未列全，请缩短时间范围'),
  ),
};
export const ForwardShape = Type.Object(forward);
export const BatchTraceShape = Type.Object({ batch: BatchShape, ...forward });
export const SupplierTraceShape = Type.Object({ supplier: Type.String(), ...forward });

export const TraceabilityShape = Type.Object({
  goal: Type.Number(about('%', '目标')),
  periods: Type.Array(
    Type.Object({
      name: Type.String(),
      from: Time('Included', '起（含）'),
      to: Time('Excluded', '止（不含）'),
      batches: Type.Integer(about('Received or used', '进货或使用的批次')),
      traceable: Type.Integer(),
      rate: Type.Optional(Type.Number(about('%; absent: no data', '%，缺省为无数据'))),
      isReached: Type.Optional(Type.Boolean()),
    }),
  ),
  untraceable: Type.Array(
    Type.Object({
      batch: Type.String(),
      product: Type.String(),
      missing: Type.Array(MissingShape),
    }),
    about('The first thousand', '前一千条'),
  ),
  untraceableCount: Type.Integer(),
  jobs: Type.Record(Type.String(), Type.Integer(), about('Missing things by job', '各岗位缺项数')),
});

export const DrillShape = Type.Object({
  id: Type.String(),
  topic: Type.String(),
  started: Time('When it began', '开始'),
  person: Type.String(),
  finished: Type.Optional(Time('When it ended', '结束')),
  finishedBy: Type.Optional(Type.String()),
  findings: Type.Optional(Type.String()),
  took: Type.Optional(Type.Integer(about('ms', '用时（毫秒）'))),
  isInTime: Type.Optional(Type.Boolean(about('Within four hours', '四小时内完成'))),
});

export const AuditShape = Type.Object({
  entries: Type.Integer(),
  chains: Type.Array(
    Type.Object({
      campus: Type.String(),
      ledger: Type.String(),
      entries: Type.Integer(),
      head: Type.String(about('Noted elsewhere it proves that nothing is gone', '可另行抄录备查')),
    }),
  ),
  broken: Type.Optional(
    Type.Object(
      {
        campus: Type.String(),
        ledger: Type.String(),
        position: Type.Integer(),
        id: Type.String(),
        problem: Type.Enum(['changed', 'missing']),
      },
      about('The first broken entry', '第一条被改动的记录'),
    ),
  ),
  brokenFiles: Type.Array(Type.String(), about('Hashes of attachments', '损坏或缺失的附件')),
});

export const EntryShape = Type.Object({
  number: Type.Integer(),
  ledger: Type.String(),
  position: Type.Integer(),
  id: Type.String(),
  kind: Type.String(),
  time: Time('When it happened', '发生时间'),
  recorded: Time('When it was written', '录入时间'),
  person: Type.String(),
  reason: Type.Optional(Type.String()),
  body: Type.Unknown(),
  hash: Type.String(),
});
