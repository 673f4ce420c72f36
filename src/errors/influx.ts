import { type Entry, entry } from './entry.ts';

export const INFLUX = {
  // InfluxDB
  INFLUX_REFUSED: entry(
    422,
    'InfluxDB refused the line: {reason}.',
    'A field has another type in the bucket, most often: correct it there, then replay the dead letter.',
    'InfluxDB 拒绝了这一行：{reason}。',
    '多为字段类型与存储桶中已有的不一致：请在 InfluxDB 中改正，然后重放这条死信。',
  ),
  INFLUX_CREDENTIALS: entry(
    502,
    'InfluxDB at {server} refuses the token ({reason}).',
    'Give the gateway a token that may write to the bucket {bucket}, then restart it; what waits is sent then.',
    'InfluxDB {server} 拒绝令牌（{reason}）。',
    '请为网关设置可写入存储桶 {bucket} 的令牌并重启；积压的数据会自动补写。',
  ),
  INFLUX_BUCKET: entry(
    502,
    'InfluxDB at {server} does not have the bucket {bucket} or the address is not its own ({reason}).',
    'Create the bucket, or correct influx.url, influx.org and influx.bucket; what waits is sent then.',
    'InfluxDB {server} 上没有存储桶 {bucket}，或地址有误（{reason}）。',
    '请创建存储桶，或改正 influx.url、influx.org、influx.bucket；积压的数据会自动补写。',
  ),
  INFLUX_REQUEST: entry(
    502,
    'InfluxDB at {server} refuses whatever it is sent ({reason}).',
    'Correct influx.url, influx.org and influx.bucket; what waits is sent then.',
    'InfluxDB {server} 拒绝所有写入（{reason}）。',
    '请改正 influx.url、influx.org、influx.bucket；积压的数据会自动补写。',
  ),
  INFLUX_UNREACHABLE: entry(
    502,
    'InfluxDB at {server} has taken nothing for {minutes} minutes ({reason}).',
    'Check that it runs; readings are kept and alarms judged meanwhile, and what waits is sent by itself.',
    'InfluxDB {server} 已 {minutes} 分钟无法写入（{reason}）。',
    '请检查其是否运行；读数照常保存、报警照常判断，恢复后会自动补写。',
  ),
  INFLUX_DROPPED: entry(
    507,
    'Too much waits for InfluxDB: the oldest lines are given up ({count} so far).',
    'The readings are still stored here: when InfluxDB is back, run `npm run -s gateway -- export --to influx --from <date>`.',
    'InfluxDB 积压超限，正在放弃最旧的行（已放弃 {count} 行）。',
    '读数仍保存在本机：InfluxDB 恢复后运行 `npm run -s gateway -- export --to influx --from <日期>` 补写。',
  ),
  INFLUX_MISSING: entry(
    409,
    'No InfluxDB is configured.',
    'Add the section influx to the configuration and restart the gateway.',
    '未配置 InfluxDB。',
    '请在配置中添加 influx 部分并重启网关。',
  ),
} satisfies Record<string, Entry>;
