import { GATEWAY } from '../campus/model.ts';
import { FIRE_COINCIDENCE } from '../campus/rule.ts';
import type { EngineOptions } from './engine.ts';
import type { FireCoincidence } from './fire.ts';
import type { RuleRow, RuleRows } from './rule-rows.ts';
import { STORM_RULES } from './storm/orphans.ts';

/** Rules that stand in no profile. */
const OTHERS: ReadonlySet<string> = new Set([FIRE_COINCIDENCE, ...STORM_RULES]);

type Options = Pick<EngineOptions, 'store' | 'catalogue' | 'clock' | 'transact'>;

/**
 * Ends what belongs to devices or rules that are no longer configured: nothing else would. `left`
 * are the rows that no configured rule claimed.
 */
export function clearOrphans(
  { store, catalogue, clock, transact }: Options,
  left: readonly RuleRow[],
  rows: RuleRows,
  fire: FireCoincidence,
): void {
  // the gateway's own alarms are its own business
  const lasting = store
    .allOpen()
    .filter(({ device, cleared }) => device !== GATEWAY && cleared === undefined);
  const orphans = lasting.filter(({ campus, device, rule }) => {
    const state = catalogue.devices.get(`${campus}/${device}`);
    return !OTHERS.has(rule) && !state?.device.rules.some(({ id }) => id === rule);
  });
  const fires = new Set(
    lasting.filter(({ rule }) => rule === FIRE_COINCIDENCE).map(({ campus }) => campus),
  );
  if (orphans.length === 0 && left.length === 0 && fires.size === 0) return;
  const now = clock.now();
  transact(() => {
    for (const { campus, device, rule } of orphans) {
      store.clear(campus, device, rule, now, 'no longer configured');
    }
    for (const { device, rule } of left) rows.forget(device, rule);
    for (const campus of fires) fire.cleared(campus, now);
  });
}
