import { type Static, Type } from 'typebox';
import { UnitKeys } from '../canteen/cold-chain/unit.ts';
import { CanteenSection } from '../canteen/schema.ts';
import { EnergySection } from '../energy/schema.ts';
import { NotifySection } from '../notify/schema.ts';
import { about, allows, DateOnly, Duration, Id, Name, Phone, TimeOfDay } from '../validation.ts';
import { machine } from './machine-schema.ts';
import { meterKeys } from './meter.ts';
import { RuleOverride } from './rule.ts';

const closed = { additionalProperties: false };

const Percent = (fallback: number, options = {}) =>
  Type.Number({ minimum: 0, maximum: 100, default: fallback, ...options });

const CampusSection = Type.Object(
  {
    id: Id(about('Part of every topic and of every record', '出现在每个主题和每条记录中')),
    name: Name(about('As people say it', '学校名称')),
    timezone: Type.String({
      default: 'Asia/Shanghai',
      ...allows('an IANA time zone such as Asia/Shanghai', 'IANA 时区名，例如 Asia/Shanghai'),
      ...about('Days, weeks and terms are counted in it', '按此时区计算日、周、学期'),
    }),
  },
  { ...closed, ...about('The school', '学校') },
);

const Zone = Type.Object(
  {
    id: Id(),
    name: Name(),
    parent: Type.Optional(Id(about('The zone it lies in', '上级区域'))),
  },
  closed,
);

const Bridge = Type.Object(
  {
    id: Id(),
    name: Type.Optional(Name()),
    kind: Type.Enum(['zigbee2mqtt'], about('What speaks for its devices', '代理设备的桥的类型')),
    topic: Type.String({
      pattern: '^[^/+#\\s]{1,64}(/[^/+#\\s]{1,64}){0,5}$',
      ...allows('a topic without wildcards', '不含通配符的主题'),
      ...about('Its base topic; it may publish below it', '基础主题，只能在其下发布'),
    }),
  },
  closed,
);

const OutOfService = Type.Object(
  {
    from: DateOnly(about('The first day', '起始日')),
    to: DateOnly(about('The last day', '截止日（含）')),
    person: Name(about('Who decided it', '决定人')),
    reason: Name(about('Why', '原因')),
  },
  closed,
);

const Device = Type.Object(
  {
    id: Id(about('Unique in the campus', '在本校内唯一')),
    name: Type.Optional(Name(about('As people say it; else the id', '显示名称，缺省为 id'))),
    profile: Type.String({
      ...allows('the name of a profile', '设备档案名'),
      ...about('Its model: a file below devices/', '设备型号，即 devices/ 下的文件'),
    }),
    zone: Type.Optional(Id(about('Where it is', '所在区域'))),
    parent: Type.Optional(
      Id({
        ...allows(
          'the id of one meter: a meter has one parent only',
          '一块表的 id：一块表只能有一个上级',
        ),
        ...about('Of a sub-meter: the meter that feeds it', '分表的上级表'),
      }),
    ),
    ...meterKeys,
    bridge: Type.Optional(Id(about('The bridge that speaks for it', '代理它的桥'))),
    poweredBy: Type.Optional(
      Id(
        about(
          'The meter on its supply: while that has no voltage or is silent, so may this one be',
          '其供电回路的电表；该表失压或失联时，本设备失联视为停电所致，不单独通知',
        ),
      ),
    ),
    address: Type.Optional(
      Name(about('Its name at the bridge; else the id', '在桥上的名字，缺省为 id')),
    ),
    unit: Type.Optional(UnitKeys),
    outOfService: Type.Optional(
      Type.Array(OutOfService, {
        maxItems: 50,
        ...about(
          'When its rules raise nothing, such as a fridge in the summer holidays; of a fire detector it is shown as isolated',
          '停用期间规则不报警，例如暑假停用的冰箱；火灾探测器停用即屏蔽，会被公示',
        ),
      }),
    ),
    rules: Type.Record(Type.String(), RuleOverride, {
      default: {},
      ...about('Changes to the rules of its profile, by rule id', '对档案规则的调整，按规则 id'),
    }),
  },
  closed,
);

const Person = Type.Object(
  {
    id: Id(),
    name: Name(),
    phone: Type.Optional(Phone()),
    email: Type.Optional(
      Type.String({
        pattern: '^[^\\s@,;<>"]+@[^\\s@,;<>"]+$',
        maxLength: 200,
        ...allows('an e-mail address', '电子邮件地址'),
      }),
    ),
    dingtalkId: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        ...allows('a user id of DingTalk', '钉钉 userId'),
        ...about('By which replies to a DingTalk robot are known', '钉钉 userId，用于识别其回复'),
      }),
    ),
    feishuId: Type.Optional(
      Type.String({
        pattern: '^ou_\\w{1,80}$',
        ...allows('an open_id such as ou_…', '飞书 open_id，形如 ou_…'),
        ...about(
          'By which a Feishu robot mentions the person and knows replies',
          '飞书机器人 @ 此人、识别其回复所用',
        ),
      }),
    ),
  },
  closed,
);

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const Shift = Type.Object(
  {
    person: Id(),
    leader: Type.Optional(
      Id(
        about('Who leads this shift; else roster.leader', '本班次的带班领导，缺省为 roster.leader'),
      ),
    ),
    days: Type.Array(Type.Enum([...WEEKDAYS]), {
      default: [...WEEKDAYS],
      ...about('The days on which the shift begins', '班次开始的星期'),
    }),
    on: Type.Optional(
      Type.Array(Type.Enum(['school', 'weekend', 'holiday']), {
        minItems: 1,
        ...about(
          'Only on such days by the school calendar (a make-up day is a school day)',
          '仅在校历的这类日子：school 上课日（含调休）、weekend 周末、holiday 假日',
        ),
      }),
    ),
    from: TimeOfDay(),
    to: TimeOfDay(about('Not after `from`: it ends the next day', '不晚于 from 时表示次日结束')),
  },
  closed,
);

const Substitute = Type.Object(
  {
    for: Id(about('Whose shifts', '被替班人')),
    by: Id(about('Who takes them', '替班人')),
    from: DateOnly(
      about('The first day, counted by when the shift begins', '起始日，按班次开始日计'),
    ),
    to: Type.Optional(DateOnly(about('The last day; else the one day', '截止日，缺省为当天'))),
  },
  closed,
);

const Roster = Type.Object(
  {
    default: Type.Optional(
      Id(
        about('On duty when no shift is; else the first person', '无班次时的值班人，缺省为第一人'),
      ),
    ),
    leader: Type.Optional(
      Id(
        about(
          'The leader on duty, unless a shift names one; falls in where no shift and no default does',
          '带班领导（班次可另行指定）；无班次且无 default 时顶上',
        ),
      ),
    ),
    shifts: Type.Array(Shift, {
      default: [],
      ...about('Where two cover a moment, the first counts', '同一时刻有多个班次时以先列出的为准'),
    }),
    handOver: Type.Boolean({
      default: false,
      ...about(
        'Tells who comes on duty which alarms are open',
        '换班时向接班人发送未关闭的报警（交接班）',
      ),
    }),
    substitutes: Type.Array(Substitute, {
      default: [],
      ...about('Who stands in for whom', '替班'),
    }),
  },
  { ...closed, default: {}, ...about('Who is on duty', '值班表') },
);

const Calendar = Type.Object(
  {
    terms: Type.Array(Type.Object({ name: Name(), from: DateOnly(), to: DateOnly() }, closed), {
      default: [],
    }),
    offDays: Type.Array(
      Type.Object({ name: Name(), from: DateOnly(), to: Type.Optional(DateOnly()) }, closed),
      { default: [], ...about('Holidays within a term', '学期内的放假日') },
    ),
    makeUpDays: Type.Array(DateOnly(), {
      default: [],
      ...about('Weekend days on which school is held', '调休上课日'),
    }),
    hours: Type.Object(
      {
        from: TimeOfDay({ default: '07:30', ...about('When school begins', '到校时间') }),
        to: TimeOfDay({
          default: '17:30',
          ...about('When it ends; after `from`', '离校时间，晚于 from'),
        }),
      },
      {
        ...closed,
        default: {},
        ...about('School hours, for rules with `when`', '上课时间，用于规则的 when'),
      },
    ),
  },
  { ...closed, default: {}, ...about('The school calendar', '校历') },
);

const Fire = Type.Object(
  {
    within: Type.Enum(['zone', 'building'], {
      default: 'zone',
      ...about(
        'Where two devices with signs of fire make a 火警: in one zone (or one inside the other), or anywhere in the building',
        '两个设备的火灾信号在何处合为火警：zone 同一区域（含上下级）、building 同一楼栋',
      ),
    }),
    window: Duration({
      default: '10m',
      ...about(
        'How long a sign that is over still counts together with a new one',
        '已消失的信号在多久内仍与新信号合并计算',
      ),
    }),
  },
  {
    ...closed,
    default: {},
    ...about('Two independent signs of fire make a 火警', '两个独立的火灾信号为火警'),
  },
);

const Targets = Type.Object(
  {
    electricityReduction: Percent(5, about('% below last year', '用电同比下降 %')),
    waterReduction: Percent(5, about('% below last year', '用水同比下降 %')),
    traceability: Percent(100, about('% of ingredients traceable', '食材溯源率 %')),
    repairResponse: Duration({
      default: '2h',
      ...about('Repairs answered within', '报修响应时限'),
    }),
    equipmentIntact: Percent(95, about('% of equipment intact', '设备完好率 %')),
    accidents: Type.Integer({ minimum: 0, default: 0, ...about('Accidents', '安全事故数') }),
    drillsPerTerm: Type.Integer({
      minimum: 0,
      default: 4,
      ...about('Drills a term', '每学期演练次数'),
    }),
  },
  { ...closed, default: {}, ...about("The school's plan", '年度目标') },
);

const school = {
  campus: CampusSection,
  zones: Type.Array(Zone, { default: [], ...about('Buildings and rooms', '楼栋与房间') }),
  bridges: Type.Array(Bridge, {
    default: [],
    ...about('Programs that speak for devices of another protocol', '为其他协议设备代言的桥'),
  }),
  devices: Type.Array(Device, {
    default: [],
    maxItems: 100_000,
    ...about('Meters and sensors', '仪表与传感器'),
  }),
  people: Type.Array(Person, { default: [], ...about('Who can be on duty', '可值班的人员') }),
  roster: Roster,
  calendar: Calendar,
  fire: Fire,
  targets: Targets,
  canteen: CanteenSection,
  energy: EnergySection,
  notify: NotifySection,
};

/** `campus.yaml`: one school, and the machine that carries it. */
export const CampusFile = Type.Object({ ...school, ...machine }, closed);

/** One school of a folder of them. */
export const SchoolFile = Type.Object(school, closed);

/** `gateway.yaml` of a folder: the machine that carries its schools. */
export const MachineFile = Type.Object(machine, closed);

export type SchoolFile = Static<typeof SchoolFile>;
export type MachineConfig = Static<typeof MachineFile>;
export type Weekday = (typeof WEEKDAYS)[number];
