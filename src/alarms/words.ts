import type { Text } from '../errors.ts';
import type { AlarmEventName } from './alarm.ts';

/** The steps of an alarm's life as people read them. */
export const EVENT_WORDS: Record<AlarmEventName, Text> = {
  raised: { zh: '报警', en: 'raised' },
  escalated: { zh: '级别升高', en: 'graver' },
  acknowledged: { zh: '确认', en: 'acknowledged' },
  expired: { zh: '确认过期，再次提醒', en: 'acknowledgement expired' },
  reminded: { zh: '无人确认，再次提醒', en: 'nobody has acknowledged it: reminded' },
  assigned: { zh: '指派给', en: 'assigned to' },
  commented: { zh: '备注', en: 'note' },
  shelved: { zh: '搁置', en: 'shelved' },
  unshelved: { zh: '搁置结束', en: 'shelf ended' },
  suppressed: { zh: '原因已知，不单独通知', en: 'suppressed: the cause is known' },
  released: { zh: '原因已消除，仍未恢复', en: 'its cause is over, it is not' },
  unstable: { zh: '信号不稳定，反复时不再通知', en: 'unstable' },
  settled: { zh: '信号已稳定', en: 'settled' },
  cleared: { zh: '恢复', en: 'over' },
  reset: { zh: '复位', en: 'reset' },
  closed: { zh: '关闭', en: 'closed' },
};
