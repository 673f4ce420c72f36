import { DAY } from './school-time.ts';

/**
 * What a school that keeps to its plan uses each year of what it used the year before: lights and
 * air conditioning that go out with the last lesson, taps that close by themselves.
 */
const ELECTRICITY_KEPT = 0.925;
const WATER_KEPT = 0.93;
/** The first year that is simulated. */
const FIRST_YEAR = 2025;

const habit =
  (kept: number) =>
  (day: number): number =>
    kept ** (new Date(day * DAY).getUTCFullYear() - FIRST_YEAR);

export const electricityHabit = habit(ELECTRICITY_KEPT);
export const waterHabit = habit(WATER_KEPT);
