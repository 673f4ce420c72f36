import type { DatabaseSync } from 'node:sqlite';
import type { Millis } from '../clock.ts';
import { dayStarts, HourlyFigures } from '../storage/query-figures.ts';
import { HOUR } from '../storage/readings.ts';
import type { Scene } from './epcis-scene.ts';
import type { EpcisEvent, SensorElement } from './epcis-shapes.ts';
import type { LedgerRange } from './ledgers.ts';

/** A time in which a unit's temperature rang. */
interface Excursion {
  since: Millis;
  until: Millis;
}

/**
 * What each cold unit measured on each day, hour by hour, and which batches lay in it. An hour in which
 * its temperature rang is an ALARM_CONDITION; an hour without readings is absent, which is neither.
 */
export function sensorEvents(
  connection: DatabaseSync,
  scene: Scene,
  { from, to }: LedgerRange,
): EpcisEvent[] {
  const { rules } = scene;
  const figures = new HourlyFigures(connection);
  const lay = connection.prepare(
    `SELECT DISTINCT b.id, b.product, b.code, b.lot FROM batch_stay s
     JOIN food_batch b ON b.campus = s.campus AND b.id = s.batch
     WHERE s.campus = :campus AND s.place = :place AND s.since < :to AND coalesce(s.until, :to) > :from
     ORDER BY b.id`,
  );
  const events: EpcisEvent[] = [];
  const starts = dayStarts(from, Math.min(to, rules.now), rules.timezone);
  for (const { place, series } of rules.units) {
    const excursions = excursionsOf(connection, rules.campus, place, from, to);
    starts.slice(0, -1).forEach((begin, i) => {
      const end = Math.min(starts[i + 1] ?? to, to, rules.now);
      const deviceID = scene.ids.device(place);
      const sensorElementList = [
        ...figures.between(series, floor(begin), floor(end + HOUR - 1)),
      ].map(
        ({ time, min, max, mean }): SensorElement => ({
          sensorMetadata: {
            deviceID,
            startTime: new Date(time).toISOString(),
            endTime: new Date(Math.min(time + HOUR, rules.now)).toISOString(),
          },
          sensorReport: [
            {
              type: 'Temperature',
              minValue: min,
              maxValue: max,
              meanValue: Math.round(mean * 1000) / 1000,
              uom: 'CEL',
              ...(excursions.some(({ since, until }) => since < time + HOUR && until > time)
                ? { exception: 'ALARM_CONDITION' }
                : {}),
            },
          ],
        }),
      );
      if (sensorElementList.length === 0) return;
      const batches = lay.all({ campus: rules.campus, place, from: begin, to: end });
      events.push({
        type: 'ObjectEvent',
        ...scene.happened(`sensor/${place}/${begin}/${end}`, end),
        action: 'OBSERVE',
        bizStep: batches.length > 0 ? 'storing' : 'sensor_reporting',
        ...scene.at(place),
        ...(batches.length > 0
          ? { quantityList: batches.map((row) => ({ epcClass: scene.batch(row) })) }
          : {}),
        sensorElementList,
      });
    });
  }
  return events;
}

const floor = (time: Millis): Millis => Math.floor(time / HOUR) * HOUR;

const excursionsOf = (
  connection: DatabaseSync,
  campus: string,
  device: string,
  from: Millis,
  to: Millis,
): Excursion[] =>
  connection
    .prepare(
      `SELECT since, coalesce(cleared, :to) AS until FROM alarm
       WHERE campus = :campus AND device = :device AND metric = 'temperature'
         AND since < :to AND coalesce(cleared, :to) > :from`,
    )
    .all({ campus, device, from, to })
    .map(({ since, until }) => ({ since: Number(since), until: Number(until) }));
