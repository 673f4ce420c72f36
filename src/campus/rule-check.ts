import type { Millis } from '../clock.ts';
import { parseDuration } from '../duration.ts';
import type { Path, YamlFile } from '../validation.ts';
import { isMeterRule, type MeterRuleConfig } from './meter-rule.ts';
import type { Metric } from './profile.ts';
import { FIRE_COINCIDENCE, MAX_REMEMBERED, type RuleConfig } from './rule.ts';

type ValueConfig = Exclude<RuleConfig, { kind: 'silence' } | MeterRuleConfig>;

/** The types of metric that a kind of rule can judge. */
const TYPES: Record<ValueConfig['kind'], readonly Metric['type'][]> = {
  threshold: ['number'],
  state: ['boolean'],
  rate: ['number'],
  stuck: ['number'],
  count: ['number', 'boolean'],
  cumulative: ['number', 'boolean'],
  refused: ['number', 'boolean'],
  excursion: ['number'],
  'cumulative-excursion': ['number'],
  'door-open': ['number'],
  warming: ['number'],
};

interface Measured {
  metrics: Record<string, Metric>;
  /** How often the device reports. */
  interval: Millis;
}

/** Checks what the schema can't see of a rule: its metric, and how its fields go together. */
export function checkRule(
  yaml: YamlFile,
  path: Path,
  rule: RuleConfig,
  { metrics, interval }: Measured,
): void {
  if (rule.id === FIRE_COINCIDENCE) {
    yaml.mistake([...path, 'id'], {
      en: 'another id: the gateway itself uses this one',
      zh: '换一个名字：此名由网关自用',
    });
  }
  if (rule.kind === 'silence' || rule.kind === 'continuous-flow') {
    // what ends before the next report is due would hold at every moment
    checkAtLeast(yaml, [...path, 'after'], rule.after, interval);
  }
  if (rule.kind === 'silence') return;
  if (isMeterRule(rule)) {
    checkMeterRule(yaml, path, rule, metrics);
    return;
  }
  const types = TYPES[rule.kind];
  const type = metrics[rule.metric]?.type;
  if (type === undefined || !types.includes(type)) {
    const fitting = Object.entries(metrics).filter(([, metric]) => types.includes(metric.type));
    const list = fitting.map(([name]) => name).join(', ') || '—';
    const kinds = types.join(' / ');
    yaml.mistake([...path, 'metric'], {
      en: `a ${kinds} metric: ${list}`,
      zh: `${kinds} 指标：${list}`,
    });
  }
  checkLimits(yaml, path, rule, metrics[rule.metric]);
  checkWindow(yaml, path, rule, interval);
  if (rule.kind === 'state' && rule.fire && !rule.latched) {
    yaml.mistake([...path, 'fire'], {
      en: 'fire only where latched is true: a person must reset it',
      zh: 'fire 须同时 latched: true，由人员复位',
    });
  }
  if (rule.kind === 'state' && rule.latched && rule.when !== 'always') {
    yaml.mistake([...path, 'when'], {
      en: 'always, as the rule is latched: fire keeps no hours',
      zh: '锁定的规则须为 always：火警不分时段',
    });
  }
}

/** Said in litres per hour. */
const FLOWS: ReadonlySet<string> = new Set(['night-flow', 'continuous-flow', 'burst']);

/** Consumption is judged of registers and amounts a period; a night flow needs to know their steps. */
function checkMeterRule(
  yaml: YamlFile,
  path: Path,
  rule: MeterRuleConfig,
  metrics: Record<string, Metric>,
): void {
  const metric = metrics[rule.metric];
  const unit = rule.kind === 'base-load' ? 'kWh' : FLOWS.has(rule.kind) ? 'm³' : metric?.unit;
  if (!metric?.register && !metric?.interval) {
    const fitting = Object.entries(metrics).filter(([, one]) => one.register || one.interval);
    const list = fitting.map(([name]) => name).join(', ') || '—';
    yaml.mistake([...path, 'metric'], {
      en: `a register or interval metric: ${list}`,
      zh: `表底或时段用量指标：${list}`,
    });
  } else if (metric.unit !== unit) {
    yaml.mistake([...path, 'metric'], { en: `a metric in ${unit}`, zh: `单位为 ${unit} 的指标` });
  } else if (rule.kind === 'night-flow' && metric.resolution === undefined) {
    yaml.mistake([...path, 'metric'], {
      en: 'a metric whose resolution the profile states',
      zh: '档案写明 resolution 的指标',
    });
  }
  if (rule.kind === 'burst' && rule.unless !== undefined && !metrics[rule.unless]) {
    const list = Object.keys(metrics).join(', ');
    yaml.mistake([...path, 'unless'], { en: `one of ${list}`, zh: `其中之一：${list}` });
  }
}

function checkLimits(
  yaml: YamlFile,
  path: Path,
  rule: ValueConfig,
  metric: Metric | undefined,
): void {
  if (rule.kind === 'rate' && rule.rise === undefined && rule.fall === undefined) {
    yaml.mistake([...path, 'rise'], { en: 'rise, fall or both', zh: 'rise、fall 至少一个' });
  }
  const hasLimits = rule.kind === 'threshold' || isOfExcursions(rule);
  const canHaveState = rule.kind === 'count' || rule.kind === 'cumulative';
  if (!hasLimits && !canHaveState) return;
  const { high, low } = rule;
  if (canHaveState && metric?.type === 'boolean') {
    if (rule.is === undefined) {
      yaml.mistake([...path, 'is'], { en: 'true or false', zh: 'true 或 false' });
    }
    for (const limit of ['high', 'low'] as const) {
      if (rule[limit] !== undefined) {
        yaml.mistake([...path, limit], {
          en: '`is`, as the metric is boolean',
          zh: '布尔指标用 is',
        });
      }
    }
    return;
  }
  if (canHaveState && rule.is !== undefined) {
    yaml.mistake([...path, 'is'], {
      en: 'high or low, as the metric is a number',
      zh: '数值指标用 high、low',
    });
  }
  if (high === undefined && low === undefined) {
    yaml.mistake([...path, 'high'], { en: 'high, low or both', zh: 'high、low 至少一个' });
  }
  if (high !== undefined && low !== undefined && low >= high) {
    yaml.mistake([...path, 'low'], { en: 'less than high', zh: '小于 high' });
  }
  if (metric && high !== undefined) checkInRange(yaml, [...path, 'high'], 'high', high, metric);
  if (metric && low !== undefined) checkInRange(yaml, [...path, 'low'], 'low', low, metric);
}

/**
 * Whether a value can lie beyond a limit and one within it; else it is a mistake. Values outside the
 * metric's range are refused, so that no limit ever judges them.
 */
export function checkInRange(
  yaml: YamlFile,
  path: Path,
  side: 'high' | 'low',
  limit: number,
  { min, max }: Pick<Metric, 'min' | 'max'>,
): boolean {
  const isHigh = side === 'high';
  const isAboveMin = min === undefined || limit > min || (isHigh && limit === min);
  const isBelowMax = max === undefined || limit < max || (!isHigh && limit === max);
  if (isAboveMin && isBelowMax) return true;
  const en = [
    ...(min === undefined ? [] : [`${isHigh ? 'at least' : 'above'} ${min}`]),
    ...(max === undefined ? [] : [`${isHigh ? 'below' : 'at most'} ${max}`]),
  ];
  const zh = [
    ...(min === undefined ? [] : [`${isHigh ? '不小于' : '大于'} ${min}`]),
    ...(max === undefined ? [] : [`${isHigh ? '小于' : '不大于'} ${max}`]),
  ];
  const allowed = {
    en: `${en.join(' and ')}, as the metric's range ends there`,
    zh: `${zh.join('且')}（指标取值范围）`,
  };
  yaml.mistake(path, allowed, `${limit}`);
  return false;
}

function checkAtLeast(
  yaml: YamlFile,
  path: Path,
  text: string | undefined,
  interval: Millis,
): void {
  if (text === undefined || parseDuration(text) >= interval) return;
  yaml.mistake(path, { en: 'at least the interval', zh: '不小于 interval' }, `"${text}"`);
}

const isOfExcursions = (rule: ValueConfig) =>
  rule.kind === 'excursion' || rule.kind === 'cumulative-excursion';

/** A window must hold two reports, and no more than can be remembered. */
function checkWindow(yaml: YamlFile, path: Path, rule: ValueConfig, interval: Millis): void {
  const isAfter = rule.kind === 'stuck' || rule.kind === 'warming';
  if (!isAfter && !('window' in rule)) return;
  const field = isAfter ? 'after' : 'window';
  const text = isAfter ? rule.after : rule.window;
  const length = parseDuration(text);
  checkAtLeast(yaml, [...path, field], text, interval);
  if (rule.kind !== 'count' && length > MAX_REMEMBERED * interval) {
    const most = `${MAX_REMEMBERED} × interval`;
    yaml.mistake([...path, field], { en: `at most ${most}`, zh: `不超过 ${most}` }, `"${text}"`);
  }
  if ('total' in rule && parseDuration(rule.total) > length) {
    yaml.mistake(
      [...path, 'total'],
      { en: 'at most the window', zh: '不超过 window' },
      `"${rule.total}"`,
    );
  }
}
