import type { Notification } from '../../simulators/phone/notification.ts';

/** What the gateway tells the duty phone of smoke in the boiler room. */
export const notification = (id: string, rest: Partial<Notification> = {}): Notification => ({
  id,
  alarm: `alarm-${id}`,
  event: 'raised',
  severity: 'critical',
  campus: { id: 'qingcheng', name: '青城学区中心小学' },
  device: { id: 'boiler-room-smoke-1', name: '锅炉房烟感' },
  zone: '锅炉房',
  rule: 'smoke',
  title: { zh: '烟雾报警', en: 'Smoke alarm' },
  text: { zh: '锅炉房烟感报警', en: 'Smoke alarm in the boiler room' },
  action: { zh: '立即到现场确认', en: 'Go and look at once' },
  value: true,
  limit: null,
  unit: null,
  since: '2026-11-24T02:00:00.000Z',
  person: { id: 'li', name: '李志强' },
  acknowledgeUrl: null,
  ...rest,
});
