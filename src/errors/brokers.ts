import { type Entry, entry } from './entry.ts';

export const BROKERS = {
  // the brokers
  MQTT_CREDENTIALS: entry(
    401,
    '{username} at {address} gave a wrong user name or password.',
    'Compare the credentials in the device with those the gateway shows for it.',
    '{address} 的 {username} 用户名或密码错误。',
    '请核对设备中的凭据与网关上该设备的凭据。',
  ),
  MQTT_TOPIC: entry(
    403,
    '{username} may not publish to {topic}.',
    'Set the topic in the device to its own one.',
    '{username} 无权发布到 {topic}。',
    '请在设备中改用它自己的主题。',
  ),
  MQTT_SUBSCRIPTION: entry(
    403,
    '{username} may not subscribe to {topic}.',
    'Subscribe below the device’s own topic only; a device needs no subscription to report.',
    '{username} 无权订阅 {topic}。',
    '只能订阅设备自己的主题；上报读数不需要订阅。',
  ),
  MQTT_TOO_LARGE: entry(
    413,
    '{username} at {address} sent more than {limit} bytes in one message.',
    'Send smaller batches, or raise transport.maxPayload.',
    '{address} 的 {username} 单条消息超过 {limit} 字节。',
    '请减小批量，或调大 transport.maxPayload。',
  ),
  MQTT_CONNECTIONS: entry(
    503,
    'No more connections are taken ({reason}); {address} was turned away.',
    'Find out who opens them, or raise transport.maxConnections.',
    '无法接受更多连接（{reason}），已拒绝 {address}。',
    '请查明连接来源，或调大 transport.maxConnections。',
  ),
  MQTT_PROTOCOL: entry(
    400,
    '{username} at {address} does not speak MQTT 3.1.1 as expected: {reason}.',
    'Set the device to MQTT 3.1.1, and check port and TLS.',
    '{address} 的 {username} 未按 MQTT 3.1.1 通信：{reason}。',
    '请将设备设为 MQTT 3.1.1，并检查端口与 TLS 设置。',
  ),
  MQTT_BUSY: entry(
    503,
    '{bytes} bytes of messages wait to be stored; no more are read until there is room.',
    'Check the disk; devices keep what is not acknowledged.',
    '有 {bytes} 字节的消息等待写入，暂停接收。',
    '请检查磁盘；未确认的消息由设备保留。',
  ),
  BROKER_UNREACHABLE: entry(
    502,
    'The MQTT broker {broker} cannot be reached: {reason}.',
    'Check that it runs and that address and certificate are right; the gateway retries by itself.',
    '无法连接 MQTT Broker {broker}：{reason}。',
    '请检查其是否运行、地址与证书是否正确；网关会自动重试。',
  ),
  BROKER_REFUSED: entry(
    502,
    'The MQTT broker {broker} refuses the gateway: {reason}.',
    'Check the user name, the password and the client id; the gateway retries by itself.',
    'MQTT Broker {broker} 拒绝网关连接：{reason}。',
    '请检查用户名、密码和客户端 ID；网关会自动重试。',
  ),
  BROKER_SUBSCRIPTION: entry(
    502,
    'The MQTT broker {broker} does not let the gateway subscribe to {filters}.',
    'Allow it in the broker’s access rules, then restart the gateway.',
    'MQTT Broker {broker} 不允许网关订阅 {filters}。',
    '请在 Broker 的访问规则中放行，然后重启网关。',
  ),
  BACKUP_EXISTS: entry(
    409,
    'The file {file} already exists.',
    'Choose another name: a backup never overwrites anything.',
    '文件 {file} 已存在。',
    '请换一个文件名：备份不会覆盖任何文件。',
  ),
} satisfies Record<string, Entry>;
