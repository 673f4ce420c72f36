import { DERIVED, TARGETS } from '../../dashboards/model.ts';
import type { Alarm, AlarmEventName } from '../../src/alarms/store.ts';
import type { Configuration, Device } from '../../src/campus/model.ts';
import type { Metric } from '../../src/campus/profile.ts';
import { lineHead, type Point, toLine } from '../../src/influx/lines.ts';
import { alarmPoint, gatewayPoint, targetPoint } from '../../src/influx/points.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** How long back and how often each kind of device reports here. */
const REPORTS: Record<Device['profile']['kind'], { back: number; every: number }> = {
  electricity_meter: { back: 7 * DAY, every: 30 * MINUTE },
  water_meter: { back: 7 * DAY, every: 30 * MINUTE },
  fire_detector: { back: 8 * DAY, every: DAY },
  hot_holding: { back: DAY, every: 5 * MINUTE },
  cold_storage: { back: DAY, every: 5 * MINUTE },
  environment: { back: DAY, every: 10 * MINUTE },
  bridge: { back: DAY, every: DAY },
};

/** Everything the gateway would have written by `now` for a configuration: lines of its protocol. */
export function* linesOf({ devices }: Configuration, now: number): Generator<string> {
  const all = [...devices.values()];
  for (const device of all) yield* readings(device, now);
  for (const point of derived(all, now)) {
    const line = toLine(point);
    if (line !== undefined) yield line;
  }
}

function* readings(device: Device, now: number): Generator<string> {
  const { back, every } = REPORTS[device.profile.kind];
  for (const [name, metric] of Object.entries(device.profile.metrics)) {
    const head = lineHead(device, name);
    for (let time = now - back; time < now; time += every) {
      // the newest report is a moment ago
      const at = time + every - MINUTE;
      yield `${head}${said(name, metric, at, now)} ${at}`;
    }
  }
}

/** Something a device of that metric could say; the newest cold values are too warm. */
function said(name: string, { type, register }: Metric, time: number, now: number): string {
  const hour = Math.floor(time / HOUR) % 24;
  if (type === 'boolean') return String(name === 'test' && Math.floor(time / DAY) % 3 === 0);
  if (register) return String(10_000 + (time - now) / HOUR);
  if (name === 'temperature') return String(now - time < HOUR ? 9.5 : -19 + (hour % 3));
  if (name === 'voltage') return '228.1';
  if (name === 'battery') return '12';
  return String(3 + hour / 10);
}

/** What the gateway derives: use, targets, alarms and its own figures. */
export function* derived(devices: readonly Device[], now: number): Generator<Point> {
  const meters = devices.filter(({ profile }) => profile.kind.endsWith('_meter'));
  for (const { campus, zone, id, profile } of meters) {
    const tags = { campus: campus.id, zone: zone.id, device: id, kind: profile.kind };
    for (let back = 0; back < 7 * DAY; back += HOUR) {
      const time = Math.floor((now - back) / HOUR) * HOUR;
      yield { measurement: 'consumption', tags, fields: { amount: 4.5 }, time };
      yield { measurement: 'consumption', tags, fields: { amount: 5 }, time: time - YEAR };
    }
  }
  const [first] = devices;
  for (const target of Object.keys(TARGETS)) {
    for (let day = 0; day < 8; day++) {
      const change = -4 - day / 10;
      const known = { coverage: { actual: 0.98, baseline: 1 }, verdict: 'missed' } as const;
      const figure = { from: '', to: '', actual: 96, baseline: 100, change, goal: -5, ...known };
      yield targetPoint(first?.campus.id ?? '', target, figure, now - day * DAY);
    }
  }
  for (const device of devices) yield* alarms(device, now);
  yield* gatewayFigures(now);
}

let alarmId = 0;

/** Every rule of a device once: raised and cleared and raised again, still open. */
function* alarms(device: Device, now: number): Generator<Point> {
  for (const rule of device.rules) {
    alarmId += 1;
    const alarm: Alarm = {
      id: alarmId,
      campus: device.campus.id,
      device: device.id,
      deviceName: device.name,
      zone: device.zone.path,
      rule: rule.id,
      severity: rule.severity,
      latched: rule.kind === 'state' && rule.latched,
      metric: undefined,
      value: 9.5,
      limit: 8,
      unit: '',
      title: rule.name,
      action: rule.action,
      since: now - 2 * HOUR,
      raised: now - 2 * HOUR,
      occurrences: 2,
      acknowledged: undefined,
      acknowledgedBy: undefined,
      cleared: undefined,
      closed: undefined,
      closedBy: undefined,
      closeReason: undefined,
      suppressedBy: undefined,
      unstableUntil: undefined,
      drill: undefined,
    };
    const life: [AlarmEventName, number][] = [
      ['raised', 2 * HOUR],
      ['acknowledged', 100 * MINUTE],
      ['cleared', 90 * MINUTE],
      ['closed', 90 * MINUTE],
      ['raised', 30 * MINUTE],
    ];
    for (const [event, ago] of life) {
      const time = now - ago;
      const step = { id: alarmId, time, event, person: undefined, detail: undefined, alarm };
      yield alarmPoint(step, device.zone.id);
    }
  }
}

function* gatewayFigures(now: number): Generator<Point> {
  for (let minute = 0; minute < 24 * 60; minute++) {
    const count = 100 * (24 * 60 - minute);
    const figures = DERIVED.gateway.fields.map((field) => [field, field === 'ok' || count]);
    yield gatewayPoint('main', Object.fromEntries(figures), now - minute * MINUTE);
  }
}
