/** Grafana's name of a canonical unit. */
const UNITS: Readonly<Record<string, string>> = {
  '℃': 'celsius',
  '%': 'percent',
  kW: 'kwatt',
  kWh: 'kwatth',
  V: 'volt',
  'm³': 'm3',
  // Grafana's own flow units know no m³/h
  'm³/h': 'suffix: m³/h',
};

export const unitOf = (unit: string): string => UNITS[unit] ?? `suffix: ${unit}`;

/** A number of things. */
export const COUNT = 'none';
