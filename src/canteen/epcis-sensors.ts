import type { DatabaseSync } from 'node:sqlite';
import type { Millis } from '../clock.ts';
import { dayStarts, HourlyFigures } from '../storage/query-figures.ts';
import { HOUR } from '../storage/readings.ts';
import { UnitReader } from './cold-chain/unit-reader.ts';
import type { Scene } from './epcis-scene.ts';
import type { EpcisEvent, SensorElement } from './epcis-shapes.ts';
import type { LedgerRange } from './ledger-columns.ts';

/**
 * What each cold unit measured on each day, hour by hour, and which batches lay in it. An hour of an
 * excursion is an ALARM_CONDITION; an hour without readings is absent, which is neither.
 */
export function sensorEvents(
  connection: DatabaseSync,
  scene: Scene,
  { from, to }: LedgerRange,
): EpcisEvent[] {
  const { rules } = scene;
  const figures = new HourlyFigures(connection);
  const reader = new UnitReader(connection, rules);
  const lay = connection.prepare(
    `SELECT DISTINCT b.id, b.product, b.code, b.lot FROM batch_stay s
     JOIN food_batch b ON b.campus = s.campus AND b.id = s.batch
     WHERE s.campus = :campus AND s.place = :place AND s.since < :to AND coalesce(s.until, :to) > :from
     ORDER BY b.id`,
  );
  const events: EpcisEvent[] = [];
  const starts = dayStarts(from, Math.min(to, rules.now), rules.timezone);
  for (const { place, series } of rules.units) {
    const unit = rules.coldChain.find(({ id }) => id === place);
    const excursions = (unit ? reader.during(unit, { from, to }).excursions : []).filter(
      (one) => one.to - one.from >= (unit?.delay ?? 0),
    );
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
              ...(excursions.some((one) => one.from < time + HOUR && one.to > time)
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
