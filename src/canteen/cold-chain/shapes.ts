import { Type } from 'typebox';
import { BothTexts, Time } from '../../http/shapes.ts';
import { about } from '../../validation.ts';
import { UNIT_KINDS } from './kinds.ts';

// What the routes of the cold chain answer. A key that is absent is not known or has not happened.

const Celsius = (en: string, zh: string) =>
  Type.Optional(Type.Number(about(`${en}, ℃`, `${zh} ℃`)));
const Seconds = (en: string, zh: string) => Type.Integer(about(`${en}, s`, `${zh}（秒）`));

const PeriodShape = Type.Object(
  {
    unit: Type.String(),
    from: Time('From', '起'),
    to: Time('To, now at most', '止，至多为现在'),
    whole: Seconds('In use', '使用时间'),
    inRange: Seconds('In range', '温度在限值内'),
    outOfRange: Seconds('Out of range', '温度超出限值'),
    unknown: Seconds('No readings, or a broken probe', '无读数或探头故障'),
    notInUse: Seconds('Out of service, or outside its hours', '停用或非使用时段'),
    coverage: Type.Optional(
      Type.Number(
        about('% of the time in use of which the temperature is known', '有读数的时间百分比'),
      ),
    ),
    min: Celsius('Lowest', '最低'),
    max: Celsius('Highest', '最高'),
    mean: Celsius('Mean', '平均'),
    mkt: Celsius(
      'Mean kinetic temperature; for trends, excuses nothing',
      '平均动力学温度，仅看趋势',
    ),
  },
  about('How it was: in range, out of range and unknown add up to the whole', '三项之和即使用时间'),
);

const Times = { from: Type.String(), to: Type.String() };

const unit = {
  id: Type.String(),
  name: Type.String(),
  zone: Type.String(),
  kind: Type.Enum([...UNIT_KINDS]),
  limits: Type.Object({
    high: Celsius('Not above', '上限'),
    low: Celsius('Not below', '下限'),
    hard: Celsius('Never beyond', '硬限值'),
  }),
  windows: Type.Array(Type.Object({ kind: Type.String(), ...Times })),
  hours: Type.Optional(Type.Array(Type.Object(Times))),
  calibrated: Type.Optional(Type.String(about('Day', '校验日期'))),
  calibrationDue: Type.Optional(Type.String(about('Day', '下次校验日期'))),
  isCalibrationDue: Type.Boolean(),
  temperature: Celsius('Now', '现在'),
  period: PeriodShape,
};

export const UnitShape = Type.Object(unit);

export const UnitWithExcursionsShape = Type.Object({
  ...unit,
  defrost: Type.Optional(
    Type.Object(
      { every: Seconds('From one to the next', '间隔'), lasts: Seconds('At most', '最长') },
      about('Learned from its excursions of the last days', '由近几日超限学得的化霜规律'),
    ),
  ),
  excursions: Type.Array(
    Type.Object({
      from: Time('From', '起'),
      to: Time('To', '止'),
      farthest: Type.Number(about('Farthest out of range, ℃', '偏离最远的温度 ℃')),
    }),
    about('Also those that rang nobody; the newest 1 000', '含未报警的，最近 1000 次'),
  ),
});

export const RecordShape = Type.Object({
  day: Type.String(),
  units: Type.Array(PeriodShape),
  rows: Type.Array(
    Type.Object({
      day: Type.String(about('日期', '日期')),
      time: Type.String(about('时间 HH:MM', '时间')),
      unit: Type.String(),
      name: Type.String(about('设备', '设备')),
      zone: Type.String(about('位置', '位置')),
      temperature: Celsius('Of an excursion the farthest out of range', '温度，超限时为偏离最远值'),
      isNormal: Type.Optional(Type.Boolean(about('Absent: unknown', '是否正常，缺省为未知'))),
      what: Type.Optional(BothTexts('What was wrong', '异常')),
      since: Time('From', '起'),
      until: Type.Optional(Time('Until', '止')),
      action: Type.Optional(Type.String(about('What was done', '处理措施'))),
      person: Type.Optional(Type.String(about('By whom', '记录人'))),
      missing: Type.Array(
        Type.Enum(['action', 'person']),
        about('What nobody has written down yet', '尚未填写'),
      ),
      alarm: Type.Optional(Type.Integer(about('The alarm that tells more', '相关报警'))),
    }),
  ),
});
