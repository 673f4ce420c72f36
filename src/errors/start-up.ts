import { type Entry, entry } from './entry.ts';

export const START_UP = {
  // the command line and start-up
  USAGE: entry(
    400,
    'Not understood: {found}.',
    'Run `npm run -s gateway -- help` for the commands.',
    '无法理解：{found}。',
    '运行 `npm run -s gateway -- help` 查看命令。',
  ),
  NOT_RUNNING: entry(
    409,
    'No gateway is running on {dir}.',
    'Start it first: npm start -- --config campus.yaml --data {dir}',
    '数据目录 {dir} 上没有正在运行的网关。',
    '请先启动：npm start -- --config campus.yaml --data {dir}',
  ),
  STILL_RUNNING: entry(
    409,
    'A gateway is running on {dir}; this needs it stopped.',
    'Stop it, run the command again, then start it.',
    '数据目录 {dir} 上的网关正在运行，此操作需要先停止它。',
    '请停止网关，执行命令后再启动。',
  ),
  PORT_IN_USE: entry(
    500,
    'Port {port} on {host} is already in use ({what}).',
    'Stop the other program, or choose another port; 0 picks a free one.',
    '{host} 的端口 {port} 已被占用（{what}）。',
    '停止占用该端口的程序，或换一个端口；填 0 自动选择。',
  ),
  DATA_IN_USE: entry(
    500,
    'Another gateway is already running on {dir}.',
    'Stop it first, or start this one with another --data folder.',
    '已有一个网关在使用数据目录 {dir}。',
    '请先停止它，或用 --data 指定另一个目录。',
  ),
  // campus.yaml and device profiles
  CONFIG_INVALID: entry(
    400,
    '{count} mistake(s) in the configuration:\n{list}',
    'Correct the lines named above; nothing was changed.',
    '配置中有 {count} 处错误：\n{list}',
    '请按上面列出的行改正；当前配置未改变。',
  ),
  CONFIG_UNREADABLE: entry(
    400,
    'Cannot read {file}: {reason}.',
    'Check that the path exists and may be read.',
    '无法读取 {file}：{reason}。',
    '检查路径是否存在、是否有读取权限。',
  ),
  // the database
  DATABASE_CORRUPT: entry(
    500,
    'The database {file} is damaged: {reason}.',
    'Keep the file, then run `npm run -s gateway -- restore <backup>` with the newest backup.',
    '数据库 {file} 已损坏：{reason}。',
    '保留该文件，用最近的备份运行 `npm run -s gateway -- restore <备份文件>`。',
  ),
  DATABASE_NEWER: entry(
    500,
    'The database {file} was written by a newer gateway (schema {found}, this one knows {known}).',
    'Update the gateway, or restore a backup made by this version.',
    '数据库 {file} 由更新版本的网关写入（结构版本 {found}，本程序支持到 {known}）。',
    '请升级网关，或恢复本版本的备份。',
  ),
  STORAGE_FULL: entry(
    507,
    'The disk is full: readings are not acknowledged, so devices keep them.',
    'Free some space; the gateway resumes by itself.',
    '磁盘已满：读数暂不确认，由设备保留。',
    '请清理磁盘空间；网关会自动恢复。',
  ),
  STORAGE_FAILED: entry(
    500,
    'The database cannot be written: {reason}.',
    'Check the disk; the gateway retries by itself.',
    '数据库无法写入：{reason}。',
    '请检查磁盘；网关会自动重试。',
  ),
} satisfies Record<string, Entry>;
