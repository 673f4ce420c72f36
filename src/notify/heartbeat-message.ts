import type { Text } from '../errors.ts';
import type { DailyFacts } from './daily-report.ts';

/** What a heartbeat tells of. */
export interface HeartbeatFacts extends Pick<DailyFacts, 'openCount' | 'devices'> {
  /** Since when it is due: `11-24 12:00`. */
  time: string;
}

/** A quiet sign of life on a second channel (心跳): where it stays away, the gateway or the channel is broken. */
export function heartbeatMessage({ time, openCount, devices: { total, silent } }: HeartbeatFacts): {
  title: Text;
  text: Text;
  brief: Text;
} {
  return {
    title: { zh: '【心跳】网关运行正常', en: '[Heartbeat] the gateway works' },
    text: {
      zh: `${time}：设备 ${total} 台，失联 ${silent} 台；未关闭报警 ${openCount} 起。到时收不到本消息，说明网关或本渠道有问题，请检查。`,
      en: `${time}: ${silent} of ${total} devices are silent; ${openCount} alarms are open. Where this stays away, the gateway or this channel is broken: please check.`,
    },
    brief: {
      zh: `正常 未关${openCount} 失联${silent}/${total}`,
      en: `well, ${openCount} open`,
    },
  };
}
