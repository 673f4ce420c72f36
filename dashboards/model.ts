/**
 * What else is in the database besides the devices' own measurements (whose fields are the metrics
 * of their profiles): the figures that the gateway derives.
 */

interface Measurement {
  tags: readonly string[];
  fields: readonly string[];
}

/** The tags of every device's measurement. */
export const DEVICE_TAGS: readonly string[] = ['campus', 'zone', 'device'];

export const DERIVED = {
  /** What a register went up by, each hour. */
  consumption: { tags: ['campus', 'zone', 'device', 'kind'], fields: ['amount'] },
  /** One figure of the school's plan as it stood. */
  target: { tags: ['campus', 'target'], fields: ['value', 'goal', 'coverage', 'verdict'] },
  /** One step in the life of an alarm. */
  alarm: {
    tags: ['campus', 'zone', 'device', 'rule', 'severity', 'event'],
    fields: ['alarm', 'active', 'occurrences', 'value', 'limit', 'title', 'title_en'],
  },
  /** How the gateway itself is, each minute; those that count begin at 0 when it starts. */
  gateway: {
    tags: ['instance'],
    fields: [
      'ok',
      'messages',
      'readings',
      'duplicates',
      'late',
      'refused',
      'transactions',
      'waiting',
      'dead_letters',
      'clients',
      'open_alarms',
      'notifications_pending',
      'outbox_rows',
      'outbox_age_ms',
      'influx_lag_ms',
      'influx_written',
      'influx_refused',
      'influx_dropped',
      'memory_bytes',
    ],
  },
} as const satisfies Record<string, Measurement>;

/** The plan's figures by the names that the measurement `target` uses. */
export const TARGETS = {
  electricity: '用电同比',
  water: '用水同比',
  traceability: '食材溯源率',
  repair: '报修响应时长',
  equipment: '设备完好率',
  accidents: '安全事故',
  drills: '本学期演练',
} as const;

export type TargetName = keyof typeof TARGETS;

export type GatewayField = (typeof DERIVED.gateway.fields)[number];
