import { type Static, Type } from 'typebox';
import type { Configuration, Device } from '../src/campus/model.ts';
import type { Millis } from '../src/clock.ts';
import type { Text } from '../src/errors.ts';
import { allows, Duration } from '../src/validation.ts';

interface FaultInfo extends Text {
  /** The devices it can happen to. */
  fits(device: Device): boolean;
  /** How `rate` scales it; faults without this take no rate. */
  rate?: Text;
}

/** The metric that means fire, gas or a pressed call point: that of the latched rule. */
export function alarmMetric({ profile }: Device): string | undefined {
  if (profile.kind !== 'fire_detector') return undefined;
  for (const rule of profile.rules) if (rule.kind === 'state' && rule.latched) return rule.metric;
  return undefined;
}

const any = () => true;
const isCold = ({ profile }: Device) => profile.kind === 'cold_storage';
const isElectricity = ({ profile }: Device) => profile.kind === 'electricity_meter';
const isWater = ({ profile }: Device) => profile.kind === 'water_meter';
const isDetector = (device: Device) => alarmMetric(device) !== undefined;
const hasRegister = ({ profile }: Device) =>
  Object.values(profile.metrics).some(({ register }) => register);
/** Only our own format carries the device's time. */
const hasTime = ({ profile }: Device) => profile.format.kind === 'json';

/** Everything that can go wrong on request. */
export const FAULTS = {
  freezer_failure: {
    zh: '制冷失效：温度缓慢单调上升',
    en: 'Cooling fails: a slow, steady rise',
    fits: isCold,
    rate: { zh: '升温快多少倍', en: 'how many times faster it warms' },
  },
  door_open: {
    zh: '柜门未关：快速升温，关门后恢复',
    en: 'Door left open: a fast rise that recovers',
    fits: isCold,
  },
  cooling_weak: {
    zh: '制冷衰减：压缩机停不下来，一天升温几度',
    en: 'Cooling weakens: the compressor never rests, some degrees warmer in a day',
    fits: isCold,
    rate: { zh: '升温快多少倍', en: 'how many times faster it warms' },
  },
  probe_fault: {
    zh: '探头断线：读数变为 −127 ℃',
    en: 'The cable of its probe is broken: it shows −127 ℃',
    fits: isCold,
  },
  smoke: { zh: '一个探测器报警', en: 'One detector alarms', fits: isDetector },
  fire: {
    zh: '火警：同一区域两个探测器报警',
    en: 'Fire: two detectors of one zone alarm',
    fits: isDetector,
  },
  water_leak: {
    zh: '漏水：持续小流量',
    en: 'Leak: a small, steady flow',
    fits: isWater,
    rate: { zh: '× 0.12 m³/h', en: '× 0.12 m³/h' },
  },
  burst_pipe: {
    zh: '爆管：流量骤增',
    en: 'Burst pipe: a very high flow',
    fits: isWater,
    rate: { zh: '× 30 m³/h', en: '× 30 m³/h' },
  },
  left_on: {
    zh: '忘关：空调与照明整夜开着',
    en: 'Left on: air conditioning and lights, all night',
    fits: isElectricity,
    rate: { zh: '× 3 kW', en: '× 3 kW' },
  },
  silent: { zh: '设备失联', en: 'The device falls silent', fits: any },
  stuck: { zh: '读数卡死不变', en: 'Its values are frozen', fits: any },
  duplicate: { zh: '每条消息发两遍', en: 'Every message is sent twice', fits: any },
  late: {
    zh: '断网补传：消息积压，恢复后带原时间补发',
    en: 'Messages are held back, then sent with their original time',
    fits: hasTime,
  },
  future_clock: { zh: '设备时钟快两小时', en: 'Its clock is two hours ahead', fits: hasTime },
  garbage: { zh: '发送乱码', en: 'It sends garbage', fits: any },
  zero_readings: {
    zh: '抄表失败：表底时而读成 0',
    en: 'Now and then its register is read as 0',
    fits: hasRegister,
  },
  meter_reset: { zh: '表底归零', en: 'The register falls to 0', fits: hasRegister },
} satisfies Record<string, FaultInfo>;

export type FaultName = keyof typeof FAULTS;
const isFaultName = (name: string): name is FaultName => Object.hasOwn(FAULTS, name);
export const FAULT_NAMES = Object.keys(FAULTS).filter(isFaultName);

/** The one place where entries are read as what they all are. */
export const faultInfo = (name: FaultName): FaultInfo => FAULTS[name];

/** What a person or a scenario asks for. Durations are real time, however fast the simulation runs. */
export const FaultRequest = Type.Object(
  {
    fault: Type.Enum(FAULT_NAMES),
    /** `device`, or `campus/device` where two campuses have a device of that name. */
    device: Type.String({ ...allows('the id of a device', '设备 id') }),
    /** Until ended by hand if absent. */
    for: Type.Optional(Duration()),
    rate: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 10_000 })),
  },
  { additionalProperties: false },
);
export type FaultRequest = Static<typeof FaultRequest>;

/** A fault that was started. Times are the simulation's. */
export interface Fault {
  id: string;
  fault: FaultName;
  /** Full names. */
  devices: readonly string[];
  rate: number;
  from: Millis;
  /** Infinity while it lasts. */
  until: Millis;
}

export const isActive = ({ from, until }: Pick<Fault, 'from' | 'until'>, time: Millis): boolean =>
  from <= time && time < until;

/** The faults of a device, in the order they were started, ended ones too: their effects linger. */
export type FaultsOf = (deviceKey: string) => readonly Fault[];

/** A request that can't be carried out: which part of it is wrong and what would be right. */
export class FaultError extends Error {
  readonly part: 'fault' | 'device' | 'rate';
  readonly allowed: Text;

  constructor(part: FaultError['part'], found: string, allowed: Text) {
    super(`${part}: ${found}; allowed: ${allowed.en} / ${allowed.zh}`);
    this.name = 'FaultError';
    this.part = part;
    this.allowed = allowed;
  }
}

/** The devices a request hits. Throws FaultError. */
export function devicesHit(
  { devices }: Configuration,
  { fault, device: name, rate }: FaultRequest,
): readonly Device[] {
  const all = [...devices.values()];
  const info = faultInfo(fault);
  const fitting = all.filter(info.fits);
  const named = all.filter(({ key, id }) => key === name || id === name);
  const [device] = named;
  if (!device) throw new FaultError('device', `no device "${name}"`, listed(fitting));
  if (named.length > 1) throw new FaultError('device', `"${name}" of several`, listed(named));
  if (!info.fits(device)) {
    throw new FaultError('device', `"${name}" can't have ${fault}`, listed(fitting));
  }
  if (rate !== undefined && !info.rate) {
    throw new FaultError('rate', String(rate), {
      zh: `${fault} 不用 rate`,
      en: `no rate: ${fault}`,
    });
  }
  if (fault !== 'fire') return [device];
  const second = fitting.find((other) => other !== device && other.zone === device.zone);
  if (second) return [device, second];
  const paired = fitting.filter((one) =>
    fitting.some((other) => other !== one && other.zone === one.zone),
  );
  throw new FaultError('device', `"${name}" is alone in its zone`, listed(paired));
}

function listed(devices: readonly Device[]): Text {
  const names = devices.slice(0, 20).map(({ key }) => key);
  const list = names.join(', ') + (devices.length > 20 ? ', …' : '');
  return { zh: `其中之一：${list || '（无）'}`, en: `one of ${list || '(none)'}` };
}
