import { type Static, Type } from 'typebox';
import { about, BothLanguages, Id } from '../validation.ts';

/** 紧急, 重要, 一般, 提示 */
export const SEVERITIES = ['critical', 'major', 'minor', 'info'] as const;
export const Severity = Type.Enum([...SEVERITIES], {
  ...about(
    'critical: fire and life; major; minor; info',
    'critical 紧急（火警、生命安全）；major 重要；minor 一般；info 提示',
  ),
});
export type Severity = Static<typeof Severity>;

export const isGraver = (one: Severity, other: Severity): boolean =>
  SEVERITIES.indexOf(one) < SEVERITIES.indexOf(other);

export const closed = { additionalProperties: false };

/** What every rule has. */
export const common = {
  id: Id(about('Unique in the profile; alarms are known by it', '规则名，在档案内唯一')),
  severity: Severity,
  name: BothLanguages(about('What is wrong', '出了什么问题')),
  action: BothLanguages(about('What to do about it', '该怎么办')),
};
