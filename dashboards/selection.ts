import type { Device } from '../src/campus/model.ts';
import { anyOf, either, likeVariable } from './influxql.ts';

/** What the reader chose at the top of the dashboard. */
export const chosen: readonly string[] = ['campus', 'zone', 'device'].map(likeVariable);

/**
 * A condition that holds for these devices and no others. Campuses with the same devices are named
 * together, so a county of alike schools stays short.
 */
export function among(devices: readonly Device[]): string {
  if (devices.length === 0) return `"device" = ''`;
  const byCampus = Map.groupBy(devices, ({ campus }) => campus.id);
  const campusesOf = new Map<string, { campuses: string[]; ids: string[] }>();
  for (const [campus, members] of byCampus) {
    const ids = members.map(({ id }) => id);
    const alike = campusesOf.get(ids.join());
    if (alike) alike.campuses.push(campus);
    else campusesOf.set(ids.join(), { campuses: [campus], ids });
  }
  return either(
    [...campusesOf.values()].map(
      ({ campuses, ids }) => `("campus" =~ ${anyOf(campuses)} AND "device" =~ ${anyOf(ids)})`,
    ),
  );
}
