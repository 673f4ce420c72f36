import { type Entry, entry } from './entry.ts';

export const WATCHDOGS = {
  // watchdogs: what is wrong with the gateway itself; each is an alarm
  BROKER_DOWN: entry(
    503,
    'No message can arrive: {broker} is not connected ({problem}).',
    'Check the broker, its address and password, and the network; it reconnects by itself.',
    '无法接收任何报文：{broker} 未连接（{problem}）。',
    '请检查 Broker、其地址与密码以及网络；系统会自动重连。',
  ),
  OUTBOX_STUCK: entry(
    503,
    '{count} messages to people are owed, the oldest for {minutes} minutes.',
    'Check the network and the channels; look at /alarms yourself until it is over.',
    '{count} 条通知未能送出，最早的已等待 {minutes} 分钟。',
    '请检查网络与通知渠道；恢复前请在网页上自行查看报警。',
  ),
  DISK_FILLING: entry(
    507,
    'The disk of the data folder fills: {free} GiB ({percent} %) are left.',
    'Delete what is not needed or shorten storage.keepReadings; without space no reading is taken.',
    '数据目录所在磁盘将满：仅剩 {free} GiB（{percent} %）。',
    '请清理磁盘或缩短 storage.keepReadings；磁盘写满后无法接收读数。',
  ),
  CLOCK_WRONG: entry(
    500,
    'The clock of this machine is wrong: {count} device clocks agree that it is {seconds} s off.',
    'Set up time synchronisation (NTP) on this machine.',
    '本机时钟有误：{count} 个设备时钟一致表明相差 {seconds} 秒。',
    '请在本机启用时间同步（NTP）。',
  ),
  CLOCK_JUMPED: entry(
    500,
    'The clock of this machine jumped by {seconds} s: it was set, or the machine slept.',
    'Check time synchronisation (NTP), and that the machine does not suspend.',
    '本机时钟跳变 {seconds} 秒：时间被修改或机器曾休眠。',
    '请检查时间同步（NTP），并关闭休眠。',
  ),
  PROTOCOL_SILENT: entry(
    503,
    'All {count} devices of {protocol} at {campus} are silent.',
    'Check what they share: the bridge and its power, the network, the broker, the password.',
    '{campus} 的 {protocol} 全部 {count} 台设备失联。',
    '请检查共用部分：网桥及其电源、网络、Broker、密码。',
  ),
  CHANNEL_FAILING: entry(
    502,
    'The channel {channel} of {campus} fails: {failures} attempts in a row.',
    'See the delivery log of an alarm for the reason; the other channels still work.',
    '{campus} 的通知渠道 {channel} 连续 {failures} 次失败。',
    '原因见报警的发送记录；其他渠道仍可用。',
  ),
  NOBODY_REACHED: entry(
    503,
    'No channel of {campus} gets a message through: {channels}.',
    'Check the internet connection of this machine, then each channel.',
    '{campus} 的通知渠道均无法送达：{channels}。',
    '请检查本机的互联网连接，再逐个检查渠道。',
  ),
  ROSTER_GAP: entry(
    409,
    '{count} gaps in the roster of {campus} within a week, the first from {from} to {to}; {person} falls in.',
    'Add a shift or a default to the roster in campus.yaml.',
    '{campus} 未来一周值班表有 {count} 处空班，最早为 {from} 至 {to}，由 {person} 顶上。',
    '请在 campus.yaml 的 roster 中补班次或设置 default。',
  ),
  CALIBRATION_DUE: entry(
    409,
    'The probes of {count} cold units are due for calibration: {units}.',
    'Calibrate them, then write the day as `unit.calibrated` of the device in campus.yaml.',
    '{count} 台冷链设备的探头已到校验日期：{units}。',
    '请校验探头，并在 campus.yaml 中更新设备的 unit.calibrated。',
  ),
  HEARTBEAT_FAILED: entry(
    502,
    'The heartbeat of {campus} to {host} failed {failures} times in a row: {reason}.',
    'Check the address notify.heartbeat.url and the internet connection; the other side may raise an alarm.',
    '{campus} 向 {host} 的心跳连续 {failures} 次失败：{reason}。',
    '请检查 notify.heartbeat.url 与互联网连接；对方可能会发出报警。',
  ),
  INTERNAL: entry(
    500,
    'The gateway could not handle it: {reason}.',
    'Please report this with the payload; nothing else was lost.',
    '网关处理失败：{reason}。',
    '请附上报文反馈此问题；其他数据不受影响。',
  ),
} satisfies Record<string, Entry>;
