import type { Campus } from '../../campus/model.ts';
import { localMoment } from '../../campus/school-days.ts';
import type { Millis } from '../../clock.ts';
import type { Text } from '../../errors.ts';
import { valueOn } from '../dated.ts';
import type { EnergyConfig } from '../schema.ts';
import { tariffSpans } from '../tariff.ts';
import { utilities } from '../utility.ts';
import { HOUR, type Loss } from './kind.ts';

/**
 * What a loss comes to: litres per hour or kW, a day's amount, and what it has cost up to a moment;
 * money only where the school has said its prices.
 */
export function sayLoss(
  { rate, since }: Loss,
  unit: string,
  until: Millis,
  { energy, timezone }: Pick<Campus, 'energy' | 'timezone'>,
): Text {
  if (rate <= 0) return { zh: '', en: '' };
  const flow = unit === 'm³' ? `${round(rate * 1000)} L/h` : `${round(rate)} ${kw(unit)}`;
  const amount = (rate * Math.max(0, until - since)) / HOUR;
  const price = priceOn(energy, unit, localMoment(until, timezone).day);
  const cost = price === undefined ? undefined : (amount * price).toFixed(2);
  return {
    zh: `约多用 ${flow}（每天 ${round(24 * rate)} ${unit}），至今约 ${round(amount)} ${unit}${cost === undefined ? '' : `、${cost} 元`}。`,
    en: `About ${flow} too much (${round(24 * rate)} ${unit} a day); so far about ${round(amount)} ${unit}${cost === undefined ? '' : `, ${cost} yuan`}.`,
  };
}

/** Yuan per unit on a day, used evenly over it; undefined where no price is known. */
function priceOn(energy: EnergyConfig, unit: string, day: string): number | undefined {
  if (unit === utilities.water.unit) return valueOn(energy.waterPrice, day);
  if (unit !== utilities.electricity.unit) return undefined;
  const hours = tariffSpans(energy.electricityPrice, day, day)[0]?.hours;
  return hours?.flat().reduce((sum, { price, share }) => sum + (price * share) / 24, 0);
}

const kw = (unit: string): string => (unit === 'kWh' ? 'kW' : `${unit}/h`);

const round = (amount: number): number => Number(amount.toPrecision(2));
