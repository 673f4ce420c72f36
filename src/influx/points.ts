import type { AlarmEvent } from '../alarms/store.ts';
import type { Device } from '../campus/model.ts';
import type { Millis } from '../clock.ts';
import type { Figure } from '../energy/target/reports.ts';
import type { Point } from './lines.ts';

/**
 * One step in the life of an alarm. The event is a tag: two steps of one moment are two points.
 * `zone` is the zone's id, as in readings.
 */
export function alarmPoint({ time, event, alarm }: AlarmEvent, zone: string | undefined): Point {
  const { campus, device, rule, severity } = alarm;
  return {
    measurement: 'alarm',
    tags: { campus, zone, device, rule, severity, event },
    fields: {
      alarm: alarm.id,
      active: alarm.cleared === undefined && alarm.closed === undefined,
      occurrences: alarm.occurrences,
      value: alarm.value,
      limit: alarm.limit,
      title: `${alarm.deviceName} ${alarm.title.zh}`,
      title_en: `${alarm.deviceName} ${alarm.title.en}`,
    },
    time,
  };
}

/** How the gateway itself is. `instance` tells several gateways apart. */
export const gatewayPoint = (
  instance: string,
  figures: Readonly<Record<string, number | boolean | undefined>>,
  time: Millis,
): Point => ({ measurement: 'gateway', tags: { instance }, fields: figures, time });

/** What a meter's register went up by in the hour that begins at `time`. */
export const consumptionPoint = (
  { campus, zone, id, profile }: Device,
  amount: number,
  time: Millis,
): Point => ({
  measurement: 'consumption',
  tags: { campus: campus.id, zone: zone.id, device: id, kind: profile.kind },
  fields: { amount },
  time,
});

/** A target's change since the year before as it was reported: %, no value where too little is known. */
export const targetPoint = (
  campus: string,
  target: string,
  { change, goal, coverage, verdict }: Figure,
  time: Millis,
): Point => ({
  measurement: 'target',
  tags: { campus, target },
  fields: {
    value: verdict === 'insufficient' ? undefined : change,
    goal,
    coverage: 100 * Math.min(coverage.actual, coverage.baseline),
    verdict,
  },
  time,
});
