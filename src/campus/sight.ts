import { canSee, NIGHT } from './meter-rule.ts';
import type { Device, Remark } from './model.ts';

/**
 * The device without the night-flow rules that its register is too coarse for, and a remark about
 * each: a rule that can't see must not look as if it watched.
 */
export function withSight(device: Device): { device: Device; remarks: Remark[] } {
  const { profile, meter, key } = device;
  const remarks: Remark[] = [];
  const rules = device.rules.filter((rule) => {
    if (rule.kind !== 'night-flow') return true;
    const { resolution = 0, unit = '' } = profile.metrics[rule.metric] ?? {};
    const ratio = Math.max(1, ...meter.multipliers.map((one) => one.ratio));
    const step = (meter.resolution ?? resolution) * ratio;
    if (canSee(rule, step)) return true;
    const least = Number(((step * 4) / NIGHT.hours).toPrecision(3));
    const text = {
      zh: `未启用：分辨力 ${step} ${unit} 太粗，看不出 ${rule.high} ${unit}/h 的夜间流量；换用更细的表，或将 high 设为大于 ${least}`,
      en: `not enabled: steps of ${step} ${unit} are too coarse to see ${rule.high} ${unit}/h at night; fit a finer meter, or set \`high\` above ${least}`,
    };
    remarks.push({ device: key, rule: rule.id, text });
    return false;
  });
  return remarks.length === 0 ? { device, remarks } : { device: { ...device, rules }, remarks };
}
