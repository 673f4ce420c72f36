import { coolingDegrees, heatingDegrees, meanOutdoors } from './climate.ts';
import { type Curve, curve, flat } from './curve.ts';
import type { Place } from './place.ts';
import type { DayKind } from './school-time.ts';

/** How one sub-meter's place uses electricity or water. */
export interface Usage {
  /** Rate by the hour, kW or m³/h. */
  days: Record<DayKind, Curve>;
  /** What the season makes of it. */
  season(day: number): number;
}

const always = () => 1;
const airConditioned = (day: number) => 1 + 0.05 * coolingDegrees(day) + 0.01 * heatingDegrees(day);

const usage = (
  school: Curve,
  weekend: Curve,
  vacation: Curve = weekend,
  season: Usage['season'] = always,
): Usage => ({ days: { school, weekend, vacation }, season });

/** kW of one sub-meter (a floor, a room, a plant). Lessons 8:00–17:00, three meals, boarders. */
export const ELECTRICITY: Record<Place, Usage> = {
  teaching: usage(
    curve(
      '0:00 0.4, 6:30 0.4, 8:00 6, 11:30 6.5, 12:12 2.5, 13:48 3, 14:12 6, 16:48 6, 18:00 0.8, 24:00 0.4',
    ),
    curve('0:00 0.4, 8:00 0.5, 18:00 0.5, 24:00 0.4'),
    flat(0.35),
    airConditioned,
  ),
  office: usage(
    curve(
      '0:00 0.5, 7:00 0.6, 8:12 3.8, 11:48 4, 12:30 2.4, 14:00 3.8, 17:00 3.6, 18:30 1, 24:00 0.5',
    ),
    curve('0:00 0.5, 9:00 0.9, 16:00 0.9, 24:00 0.5'),
    curve('0:00 0.4, 9:00 0.7, 16:00 0.7, 24:00 0.4'),
    airConditioned,
  ),
  kitchen: usage(
    curve(
      '0:00 0.8, 4:48 0.9, 5:36 9, 6:48 10, 7:30 3, 9:00 9, 10:30 17, 11:36 16, 13:00 3, 15:30 4, 16:30 13, 17:36 11, 19:00 1.5, 24:00 0.8',
    ),
    flat(0.8),
    flat(0.5),
  ),
  dining: usage(
    curve(
      '0:00 0.2, 6:00 0.4, 6:42 2.6, 7:24 2.4, 8:00 0.4, 11:00 0.6, 11:36 3.4, 12:48 3.2, 13:24 0.5, 17:00 0.6, 17:30 2.8, 18:30 2.4, 19:12 0.3, 24:00 0.2',
    ),
    flat(0.2),
    flat(0.15),
    airConditioned,
  ),
  cold_store: usage(
    curve('0:00 2.8, 6:00 3, 11:00 3.8, 17:00 3.6, 24:00 2.8'),
    curve('0:00 2.7, 14:00 3.1, 24:00 2.7'),
    undefined,
    (day) => 1 + 0.02 * coolingDegrees(day),
  ),
  dormitory: usage(
    curve(
      '0:00 0.5, 5:30 0.5, 6:00 3.5, 7:12 3, 7:48 0.5, 12:00 0.6, 12:30 1.8, 13:48 1.5, 14:12 0.5, 17:30 0.8, 18:30 4.5, 21:18 5, 22:00 0.8, 24:00 0.5',
    ),
    flat(0.4),
    flat(0.25),
    airConditioned,
  ),
  machine_room: usage(flat(4.2), flat(4), flat(3.8), (day) => 1 + 0.015 * coolingDegrees(day)),
  boiler_room: usage(
    curve(
      '0:00 1.2, 4:30 1.4, 5:12 3.8, 7:30 3, 10:00 1.6, 16:00 1.8, 18:00 3.6, 21:00 3, 22:30 1.2, 24:00 1.2',
    ),
    flat(0.8),
    flat(0.4),
    (day) => 0.3 + 0.1 * heatingDegrees(day),
  ),
  outdoors: usage(
    curve('0:00 0.8, 5:48 0.8, 6:48 0.1, 17:00 0.1, 18:00 3, 21:30 3, 22:00 0.8, 24:00 0.8'),
    curve('0:00 0.8, 5:48 0.8, 6:48 0.1, 17:00 0.1, 18:00 1.4, 21:30 1.4, 22:00 0.8, 24:00 0.8'),
  ),
};

const watered = (day: number) => (meanOutdoors(day) > 10 ? 1 : 0);

/** m³/h of one sub-meter. Breaks between lessons, meals, washing; still for hours at night. */
export const WATER: Record<Place, Usage> = {
  teaching: usage(
    curve(
      '0:00 0, 6:48 0, 7:30 0.8, 8:00 0.2, 8:36 0.2, 8:45 2, 8:54 0.2, 9:30 0.2, 9:45 2.6, 10:00 0.2, 10:36 0.2, 10:45 2, 10:54 0.2, 11:30 0.4, 11:48 1.4, 12:30 0.3, 13:48 0.6, 14:36 0.2, 14:45 2, 14:54 0.2, 15:36 0.2, 15:45 2, 15:54 0.2, 16:48 1, 18:00 0.1, 20:00 0, 24:00 0',
    ),
    curve('0:00 0, 9:00 0, 10:00 0.1, 16:00 0.1, 17:00 0, 24:00 0'),
    curve('0:00 0, 9:00 0, 10:00 0.05, 11:00 0, 24:00 0'),
  ),
  office: usage(
    curve('0:00 0, 7:00 0, 8:00 0.3, 11:48 0.4, 13:00 0.2, 17:00 0.3, 18:30 0, 24:00 0'),
    curve('0:00 0, 8:00 0, 9:00 0.08, 16:00 0.08, 17:00 0, 24:00 0'),
  ),
  kitchen: usage(
    curve(
      '0:00 0, 4:48 0, 5:30 1.2, 7:24 1, 8:00 0.4, 9:00 1.6, 11:30 1.8, 12:30 2.4, 13:36 2, 14:00 0.2, 15:30 0.3, 16:18 1.6, 18:00 1.8, 19:00 0.6, 19:36 0, 24:00 0',
    ),
    flat(0),
  ),
  dining: usage(
    curve(
      '0:00 0, 6:24 0, 6:42 1, 7:30 0.8, 7:48 0, 11:18 0, 11:36 1.5, 12:48 1.2, 13:12 0, 17:12 0, 17:30 1.1, 18:30 0.9, 18:48 0, 24:00 0',
    ),
    flat(0),
  ),
  cold_store: usage(curve('0:00 0, 8:00 0, 8:30 0.2, 9:00 0, 24:00 0'), flat(0)),
  dormitory: usage(
    curve(
      '0:00 0.1, 0:30 0, 2:12 0, 2:18 0.2, 2:24 0, 5:36 0, 6:06 1.6, 7:06 1.3, 7:42 0.1, 12:00 0.1, 12:30 0.5, 13:48 0.4, 14:12 0, 17:30 0.2, 19:48 0.6, 20:30 1.8, 21:24 1.6, 22:12 0.2, 24:00 0.1',
    ),
    curve('0:00 0, 9:00 0, 10:00 0.05, 18:00 0.05, 19:00 0, 24:00 0'),
    flat(0),
  ),
  machine_room: usage(flat(0), flat(0)),
  boiler_room: usage(
    curve(
      '0:00 0, 4:36 0, 5:00 0.8, 6:30 0.5, 7:00 0, 15:36 0, 16:00 0.9, 18:30 0.5, 19:00 0, 24:00 0',
    ),
    curve('0:00 0, 7:00 0, 7:30 0.2, 8:30 0, 24:00 0'),
    flat(0),
    (day) => 1 + 0.03 * heatingDegrees(day),
  ),
  outdoors: usage(
    curve('0:00 0, 6:00 0, 6:12 2, 7:00 2, 7:12 0, 24:00 0'),
    curve('0:00 0, 6:00 0, 6:12 2, 7:00 2, 7:12 0, 24:00 0'),
    undefined,
    watered,
  ),
};
