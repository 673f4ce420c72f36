import type { Threshold } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Device } from '../src/campus/model.ts';
import { AUTO_STEP, type Select } from './influxql.ts';
import { limitsOf, stepsOf } from './limits.ts';
import type { Medium } from './media.ts';
import { DEVICE_ALIAS, nameSeries, property } from './names.ts';
import { series } from './panels.ts';
import { among, chosen } from './selection.ts';
import { type Placed, place } from './shell.ts';
import { buildingMeters, mains, ofKind, type Site } from './site.ts';
import { unitOf } from './units.ts';

/** What runs when nobody needs it, and what is out of the ordinary. */
export function waste(site: Site, medium: Medium): Placed[] {
  return medium.kind === 'electricity_meter'
    ? electricityWaste(site, medium)
    : waterWaste(site, medium);
}

/** The steps of all limits of these devices, where they agree; otherwise none. */
function commonSteps(devices: readonly Device[], metric: string): Threshold[] | undefined {
  const all = devices.map((device) => stepsOf(limitsOf(device, metric)));
  const [first] = all;
  return first && all.every((steps) => JSON.stringify(steps) === JSON.stringify(first))
    ? first
    : undefined;
}

function electricityWaste(site: Site, { kind, rate }: Medium): Placed[] {
  const meters = [...mains(site, kind), ...buildingMeters(site, kind)];
  const withVoltage = ofKind(site, kind).filter(({ profile }) => profile.metrics.voltage);
  const halfHours: Select = {
    select: [`mean("${rate.metric}") AS "mean"`],
    from: [kind],
    where: [...chosen, among(meters)],
    every: '30m',
    by: ['campus', 'device'],
    fill: 'none',
  };
  const steps = commonSteps(withVoltage, 'voltage');
  return [
    place(
      12,
      9,
      series({
        title: '每日基础负荷',
        description:
          'What runs all night although nobody is there? The mean of the eight lowest half-hours of each day, by building; a step up that stays is something that was left on.',
        queries: [
          {
            query: {
              select: ['mean("lowest") AS "base"'],
              from: [
                {
                  select: ['bottom("mean", 8) AS "lowest"'],
                  from: [halfHours],
                  every: '1d',
                  by: ['campus', 'device'],
                },
              ],
              every: '1d',
              by: ['campus', 'device'],
              fill: 'none',
              timezone: site.timezone,
            },
            as: DEVICE_ALIAS,
          },
        ],
        unit: rate.unit,
        decimals: 1,
        min: 0,
        bars: true,
        overrides: nameSeries(site, meters),
      }),
    ),
    ...(withVoltage.length === 0
      ? []
      : [
          place(
            12,
            9,
            series({
              title: '各表电压',
              description:
                'Is the voltage within what equipment stands? Every meter, against the limits of its own rules.',
              queries: [
                {
                  query: {
                    select: ['mean("voltage") AS "voltage"'],
                    from: [kind],
                    where: [...chosen, among(withVoltage)],
                    every: AUTO_STEP,
                    by: ['campus', 'device'],
                    fill: 'none',
                  },
                  as: DEVICE_ALIAS,
                },
              ],
              unit: unitOf('V'),
              decimals: 0,
              step: '5m',
              ...(steps ? { steps, limits: true } : {}),
              overrides: nameSeries(site, withVoltage),
            }),
          ),
        ]),
  ];
}

function waterWaste(site: Site, { kind, rate }: Medium): Placed[] {
  const meters = ofKind(site, kind);
  const hours: Select = {
    select: [`mean("${rate.metric}") AS "mean"`],
    from: [kind],
    where: [...chosen],
    every: '1h',
    by: ['campus', 'device'],
    fill: 'none',
  };
  return [
    place(
      12,
      9,
      series({
        title: '夜间最小流量',
        description:
          'Does water run while everybody sleeps? The lowest hour of each day, by meter; it should come down to nearly zero, and a night that does not is a leak or a running tap.',
        queries: [
          {
            query: {
              select: ['min("mean") AS "lowest"'],
              from: [hours],
              every: '1d',
              by: ['campus', 'device'],
              fill: 'none',
              timezone: site.timezone,
            },
            as: DEVICE_ALIAS,
          },
        ],
        unit: rate.unit,
        decimals: 2,
        bars: true,
        overrides: nameSeries(site, meters),
      }),
    ),
    place(
      12,
      9,
      series({
        title: '各表流量峰值',
        description:
          'Is a pipe bursting? The highest flow of each step by meter; each line is coloured by the limit of its own meter.',
        queries: [
          {
            query: {
              select: [`max("${rate.metric}") AS "peak"`],
              from: [kind],
              where: [...chosen],
              every: AUTO_STEP,
              by: ['campus', 'device'],
              fill: 'none',
            },
            as: DEVICE_ALIAS,
          },
        ],
        unit: rate.unit,
        decimals: 1,
        step: '1m',
        overrides: nameSeries(site, meters, (meter) => [
          property('thresholds', {
            mode: 'absolute',
            steps: stepsOf(limitsOf(meter, rate.metric)),
          }),
          property('color', { mode: 'thresholds' }),
        ]),
      }),
    ),
  ];
}
