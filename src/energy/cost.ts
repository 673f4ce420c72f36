import { valueOn } from './dated.ts';
import type { Dated, EnergyConfig } from './schema.ts';
import type { TariffSpan } from './tariff.ts';

/** What some use has cost. */
export interface Cost {
  /** Yuan. */
  cost: number;
  /** The amount for which no price is known. */
  unpriced: number;
}

export interface ElectricityCost extends Cost {
  /** By period of the tariff, in the order of the first use. */
  periods: { name: string; amount: number; cost: number }[];
}

/**
 * What electricity has cost. `use` has for each span the sum of what was used in each hour of the
 * day, 24 figures in kWh; an hour with several prices is shared out by minutes.
 */
export function electricityCost(
  use: readonly { span: TariffSpan; amounts: readonly number[] }[],
): ElectricityCost {
  const periods = new Map<string, { name: string; amount: number; cost: number }>();
  let [cost, unpriced] = [0, 0];
  for (const { span, amounts } of use) {
    for (const [hour, amount] of amounts.entries()) {
      const parts = span.hours?.[hour];
      if (!parts) unpriced += amount;
      for (const { name, price, share } of parts ?? []) {
        const known = periods.get(name) ?? { name, amount: 0, cost: 0 };
        periods.set(name, known);
        known.amount += amount * share;
        known.cost += amount * share * price;
        cost += amount * share * price;
      }
    }
  }
  return { cost, unpriced, periods: [...periods.values()] };
}

/** What water has cost, at the price of each day. Amounts in m³. */
export function waterCost(
  price: Dated | undefined,
  days: readonly { day: string; amount: number }[],
): Cost {
  const sum: Cost = { cost: 0, unpriced: 0 };
  for (const { day, amount } of days) {
    const here = valueOn(price, day);
    if (here === undefined) sum.unpriced += amount;
    else sum.cost += amount * here;
  }
  return sum;
}

/**
 * Standard coal (kgce) of kWh or m³. GB/T 2589-2020 counts water at what its supply takes; a m³ is
 * taken as a tonne.
 */
export const standardCoal = (
  { standardCoal: factors }: Pick<EnergyConfig, 'standardCoal'>,
  utility: keyof EnergyConfig['standardCoal'],
  amount: number,
): number => amount * factors[utility];

/** CO₂ (kg) of electricity from the grid, at the factor of each day. */
export const gridCarbon = (
  { co2 }: Pick<EnergyConfig, 'co2'>,
  days: readonly { day: string; amount: number }[],
): number => days.reduce((sum, { day, amount }) => sum + amount * (valueOn(co2, day) ?? 0), 0);
