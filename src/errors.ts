/** A text in the gateway's two languages. Chinese is shown first. */
export interface Text {
  zh: string;
  en: string;
}

/** A text as the database keeps it, in JSON. Throws where it is none. */
export function parseText(json: unknown): Text {
  const parsed: unknown = JSON.parse(String(json));
  if (typeof parsed === 'object' && parsed !== null && 'zh' in parsed && 'en' in parsed) {
    return { zh: String(parsed.zh), en: String(parsed.en) };
  }
  throw new Error('not a text of two languages');
}

interface Entry {
  /** HTTP status when the error answers a request. */
  status: number;
  /** What happened; `{name}` is replaced by the parameter of that name. */
  message: Text;
  /** What to do about it. */
  remedy: Text;
}

const entry = (
  status: number,
  en: string,
  enRemedy: string,
  zh: string,
  zhRemedy: string,
): Entry => ({ status, message: { zh, en }, remedy: { zh: zhRemedy, en: enRemedy } });

/**
 * Every error a person can meet. Codes are stable: logs, API answers, docs and tests cite them.
 * Sorted by the part that raises them.
 */
export const catalogue = {
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
  // dead letters: payloads that could not be decoded or admitted
  TOPIC_UNKNOWN: entry(
    422,
    'Nothing reads the topic {topic}.',
    'Publish to campus/<campus>/<device>/up, or add the bridge to campus.yaml.',
    '没有任何解析器读取主题 {topic}。',
    '请发布到 campus/<学校>/<设备>/up，或在 campus.yaml 中添加该桥。',
  ),
  DEVICE_UNKNOWN: entry(
    422,
    'The device {device} is not in the configuration.',
    'Add it to campus.yaml, then replay the dead letter.',
    '配置中没有设备 {device}。',
    '请在 campus.yaml 中添加该设备，然后重放这条死信。',
  ),
  PAYLOAD_EMPTY: entry(
    422,
    'The payload is empty.',
    'Check the device; an empty payload holds no reading.',
    '报文为空。',
    '请检查设备；空报文不含读数。',
  ),
  PAYLOAD_TOO_LARGE: entry(
    422,
    'The payload has {bytes} bytes; at most {limit} are taken.',
    'Send smaller batches, or raise transport.maxPayload.',
    '报文 {bytes} 字节，超过上限 {limit}。',
    '请减小批量，或调大 transport.maxPayload。',
  ),
  PAYLOAD_NOT_UTF8: entry(
    422,
    'The payload is not UTF-8 text.',
    'Check that the device uses the profile it is configured with.',
    '报文不是 UTF-8 文本。',
    '请确认设备型号与所配档案一致。',
  ),
  PAYLOAD_NOT_JSON: entry(
    422,
    'The payload is not JSON: {reason}.',
    'Check that the device uses the profile it is configured with.',
    '报文不是 JSON：{reason}。',
    '请确认设备型号与所配档案一致。',
  ),
  PAYLOAD_SHAPE: entry(
    422,
    'The payload has another shape than expected: {expected}.',
    'See the profile’s examples for what the device should send.',
    '报文结构不符：应为 {expected}。',
    '请参照设备档案中的示例。',
  ),
  METRIC_UNKNOWN: entry(
    422,
    'The profile {profile} has no metric {metric}.',
    'Correct the device, or add the metric to its profile and replay the dead letter.',
    '档案 {profile} 中没有指标 {metric}。',
    '请修正设备，或在档案中添加该指标后重放死信。',
  ),
  VALUE_TYPE: entry(
    422,
    '{metric} is {found}; a finite {type} is expected.',
    'Check the device and its profile.',
    '{metric} 的值为 {found}，应为有限的 {type}。',
    '请检查设备及其档案。',
  ),
  VALUE_RANGE: entry(
    422,
    '{metric} is {found}, outside {min} to {max}.',
    'Check the sensor; if the value is right, widen the range in its profile and replay.',
    '{metric} 的值 {found} 超出 {min} 至 {max}。',
    '请检查传感器；若数值属实，放宽档案中的范围后重放。',
  ),
  VALUE_JUMP: entry(
    422,
    '{metric} went from {before} to {found} in one reading; more than {jump} is not possible.',
    'Check the probe and its cable; if it really changes so fast, widen `jump` in its profile.',
    '{metric} 一次读数内由 {before} 变为 {found}，超过可能的变化 {jump}。',
    '请检查探头与接线；若确会如此快速变化，放宽档案中的 jump。',
  ),
  VALUE_CONFLICT: entry(
    422,
    '{metric} at {time} is already kept as {kept}; {found} was not taken.',
    'Two readings with one time: check the clock of the device.',
    '{metric} 在 {time} 已有读数 {kept}，未采用 {found}。',
    '同一时刻出现两个读数：请检查设备时钟。',
  ),
  // history: CSV files of readings
  CSV_HEADING: entry(
    400,
    'The first line is {found}; it must name the columns time, device, metric and value.',
    'Add the heading line: time,device,metric,value',
    '首行为 {found}；应包含列名 time、device、metric、value。',
    '请添加标题行：time,device,metric,value',
  ),
  CSV_ROW: entry(
    422,
    'The line cannot be read: {reason}.',
    'Each line needs four values, separated by commas.',
    '该行无法读取：{reason}。',
    '每行应有四个以逗号分隔的值。',
  ),
  CSV_TIME: entry(
    422,
    '{found} is not a time.',
    'Write it as 2026-09-01T08:00:00+08:00.',
    '{found} 不是有效时间。',
    '请写成 2026-09-01T08:00:00+08:00。',
  ),
  // meters
  METER_UNKNOWN: entry(
    404,
    'No such register at {device}; it has: {metrics}.',
    'Name a meter, and with `metric` which of its registers.',
    '{device} 没有这个计量指标；可用：{metrics}。',
    '请指定计量表，有多个表底时用 metric 指明。',
  ),
  REPLACEMENT_FUTURE: entry(
    400,
    'The replacement at {at} lies in the future.',
    'Declare it after it was done, with the time at which the new meter began to count.',
    '换表时间 {at} 在将来。',
    '请在换表完成后登记，时间填新表开始计量的时刻。',
  ),
  REPLACEMENT_ORDER: entry(
    409,
    'The replacement at {at} is not after the one known already, at {known}.',
    'Check the time; each replacement is declared once, in order.',
    '换表时间 {at} 不晚于已登记的换表（{known}）。',
    '请核对时间；每次换表只登记一次，按时间先后登记。',
  ),
  REPLACEMENT_FINAL: entry(
    409,
    'The old meter’s last figure {found} is less than what it showed already: {last} at {time}.',
    'Read the old meter again, or check the time of the replacement.',
    '旧表止码 {found} 小于它已上报的 {last}（{time}）。',
    '请复核旧表止码，或核对换表时间。',
  ),
  REPLACEMENT_BEFORE_READING: entry(
    409,
    'After the replacement at {at} the meter showed {found} (at {time}): that is not the new meter’s.',
    'The time lies before the old meter’s last reading, or the new meter’s first figure is wrong.',
    '换表时间 {at} 之后的读数 {found}（{time}）不像是新表的。',
    '换表时间早于旧表最后一次读数，或新表起码有误，请核对。',
  ),
  // bills, and adjustments of the baseline
  BILL_FILE: entry(
    400,
    'The file cannot be read: {reason}.',
    'Take an XLSX or CSV with a row of headings; `bills template` writes one.',
    '无法读取该文件：{reasonZh}。',
    '请使用带标题行的 XLSX 或 CSV；`bills template` 可生成模板。',
  ),
  BILL_HEADING: entry(
    422,
    'No sheet has headings for a period and {utility}; found were: {found}.',
    'There must be a column for the month (or first and last day) and one for the amount; `bills template` writes an example.',
    '没有找到同时含“月份（或起止日期）”和“{utilityZh}量”的标题行；文件内容：{found}。',
    '需要一列月份（或起止日期）和一列用量；`bills template` 可生成模板。',
  ),
  BILL_CELL: entry(
    422,
    '{cell} is {found}; allowed: {allowed}.',
    'Correct the cell and import the file again; nothing was written.',
    '单元格 {cell} 为 {found}；允许：{allowedZh}。',
    '请改正后重新导入；本次未写入任何内容。',
  ),
  BILLS_NOT_UNDERSTOOD: entry(
    422,
    '{count} cell(s) were not understood, nothing was written:\n{list}',
    'Correct them and import the file again; the preview shows how each row is understood.',
    '有 {count} 个单元格无法理解，未写入任何内容：\n{list}',
    '请改正后重新导入；预览会显示每一行的理解结果。',
  ),
  BILLS_CONFLICT: entry(
    409,
    '{count} bill(s) differ from those of their period, nothing was written:\n{list}',
    'Where the new ones are right, import again with --replace (`replace=true`): the old ones are withdrawn and kept.',
    '有 {count} 张账单与已有账单的时段重叠而内容不同，未写入任何内容：\n{list}',
    '确认新账单正确后，用 --replace（`replace=true`）再次导入：旧账单作废留档。',
  ),
  BILL_UNKNOWN: entry(
    404,
    'There is no bill {bill}.',
    '`bills list` shows them.',
    '没有账单 {bill}。',
    '用 `bills list` 查看。',
  ),
  BILL_WITHDRAWN: entry(
    409,
    'The bill {bill} has been withdrawn already: {reason}.',
    'Nothing has to be done.',
    '账单 {bill} 已作废：{reason}。',
    '无需处理。',
  ),
  ADJUSTMENT_UNKNOWN: entry(
    404,
    'There is no adjustment {id}.',
    '`adjustments list` shows them.',
    '没有基准调整 {id}。',
    '用 `adjustments list` 查看。',
  ),
  ADJUSTMENT_WITHDRAWN: entry(
    409,
    'The adjustment {id} has been taken back by {by} already, or takes another back itself.',
    'Record a new adjustment instead.',
    '基准调整 {id} 已被 {by} 冲销，或其本身就是冲销记录。',
    '请另记一条新的调整。',
  ),
  // alarms
  ALARM_UNKNOWN: entry(
    404,
    'There is no alarm {alarm}.',
    'List the alarms to see their numbers.',
    '没有编号为 {alarm} 的报警。',
    '请在报警列表中查看编号。',
  ),
  ALARM_ACKNOWLEDGED: entry(
    409,
    'The alarm was already acknowledged by {person} at {time}.',
    'Nothing more is needed.',
    '该报警已由 {person} 于 {time} 确认。',
    '无需再次操作。',
  ),
  ALARM_CLOSED: entry(
    409,
    'The alarm is closed since {time}.',
    'Nothing more is needed.',
    '该报警已于 {time} 关闭。',
    '无需再次操作。',
  ),
  ALARM_NOT_LATCHED: entry(
    409,
    'The alarm is not latched: it clears by itself.',
    'Acknowledge it instead.',
    '该报警不需要人工复位，会自动解除。',
    '请使用确认。',
  ),
  ALARM_STILL_ACTIVE: entry(
    409,
    'The condition still holds: it cannot be reset.',
    'Check on site, remove the cause, then reset it.',
    '报警条件仍然存在，不能复位。',
    '请现场检查并排除原因后再复位。',
  ),
  ALARM_REMARKS_FULL: entry(
    409,
    'The alarm has {limit} comments and assignments already; no more are taken.',
    'Write down the rest elsewhere, such as in the work order.',
    '该报警的备注与指派已达 {limit} 条上限。',
    '请在其他地方继续记录，例如维修工单。',
  ),
  RULE_UNKNOWN: entry(
    404,
    'The device {device} has no rule {rule}.',
    'See the device’s rules: {allowed}.',
    '设备 {device} 没有规则 {rule}。',
    '请查看该设备的规则：{allowed}。',
  ),
  SHELVE_FORBIDDEN: entry(
    409,
    'Fire alarms and critical alarms cannot be shelved.',
    'Acknowledge it. If the device is faulty, take it out of service: that is shown and listed.',
    '火警和紧急报警不能搁置。',
    '请确认报警；若设备故障，请将其停用（屏蔽），停用会被公示。',
  ),
  SHELVED_ALREADY: entry(
    409,
    '{person} has shelved it already, until {time}.',
    'Lift that shelf first to choose another time.',
    '已由 {person} 搁置至 {time}。',
    '如需改变时间，请先解除该搁置。',
  ),
  SHELF_UNKNOWN: entry(
    404,
    'There is no shelf {shelf}.',
    'List the shelves to see their numbers.',
    '没有编号为 {shelf} 的搁置。',
    '请在搁置列表中查看编号。',
  ),
  SHELF_ENDED: entry(
    409,
    'The shelf has ended at {time}.',
    'Nothing more is needed.',
    '该搁置已于 {time} 结束。',
    '无需再次操作。',
  ),
  OUT_OF_SERVICE_ALREADY: entry(
    409,
    '{person} has taken the device out of service already, from {from} to {until}.',
    'End that period first, or choose a time that does not overlap it.',
    '{person} 已将该设备停用：{from} 至 {until}。',
    '请先结束该停用，或选择不重叠的时间。',
  ),
  OUT_OF_SERVICE_UNKNOWN: entry(
    404,
    'There is no period {id} out of service that could be ended.',
    'List the periods to see their numbers; what campus.yaml declares is ended there.',
    '没有编号为 {id} 且可结束的停用。',
    '请在停用列表中查看编号；campus.yaml 中声明的停用须在该文件中修改。',
  ),
  DRILL_UNKNOWN: entry(
    404,
    'There is no drill {drill}.',
    'Take its number from GET /api/v1/drills or `drill list`.',
    '没有编号为 {drill} 的演练。',
    '请从 GET /api/v1/drills 或 `drill list` 中查看编号。',
  ),
  DRILL_RUNNING: entry(
    409,
    'Drill {drill} is being held in the zone {zone} already.',
    'End it first, or let it run out.',
    '区域 {zone} 正在进行演练（编号 {drill}）。',
    '请先结束该演练，或等它自行结束。',
  ),
  DRILL_OVER: entry(
    409,
    'The drill has been over since {time}.',
    'Nothing to do: the zone is live.',
    '该演练已于 {time} 结束。',
    '无需处理：该区域已恢复正常报警。',
  ),
  ZONE_UNKNOWN: entry(
    404,
    'The campus {campus} has no zone {zone}.',
    'Use an id from `zones` in campus.yaml, or `campus` for all of it.',
    '学校 {campus} 没有区域 {zone}。',
    '请使用 campus.yaml 中 zones 的 id，全校用 campus。',
  ),
  LINK_INVALID: entry(
    404,
    'This link is not valid.',
    'Open the link from the message itself; do not type it.',
    '链接无效。',
    '请直接点击消息中的链接。',
  ),
  LINK_EXPIRED: entry(
    410,
    'This link has expired.',
    'Acknowledge the alarm on the gateway, or use the link of a newer message.',
    '链接已过期。',
    '请在网关页面确认报警，或使用较新消息中的链接。',
  ),
  LINK_USED: entry(
    409,
    'This link was already used at {time}.',
    'Nothing more is needed.',
    '该链接已于 {time} 使用过。',
    '无需再次操作。',
  ),
  // channels: why a message did not go out; the delivery log cites them
  CHANNEL_UNREACHABLE: entry(
    502,
    'The channel {channel} cannot be reached: {reason}.',
    'Check internet connection, name service and address; it is tried again by itself.',
    '无法连接通知渠道 {channel}：{reason}。',
    '请检查网络、DNS 与地址；系统会自动重试。',
  ),
  CHANNEL_NO_ANSWER: entry(
    504,
    'The channel {channel} does not answer: {reason}.',
    'Nothing, if it stays the exception; it is tried again by itself.',
    '通知渠道 {channel} 无应答：{reason}。',
    '偶发可忽略；系统会自动重试。',
  ),
  CHANNEL_ANSWER: entry(
    502,
    'Something else answers in the place of the channel {channel}: {reason}.',
    'Look for a proxy, a login page of the network or a wrong address; it is tried again by itself.',
    '应答并非来自通知渠道 {channel}：{reason}。',
    '请检查代理、网络登录页或地址是否有误；系统会自动重试。',
  ),
  CHANNEL_BUSY: entry(
    503,
    'The channel {channel} is in trouble: {reason}.',
    'Wait; it is tried again by itself.',
    '通知渠道 {channel} 暂时故障：{reason}。',
    '请稍候；系统会自动重试。',
  ),
  CHANNEL_LIMITED: entry(
    429,
    'The quota of the channel {channel} is used up: {reason}.',
    'Nothing: the next channel takes over. If it happens often, send less or buy more.',
    '通知渠道 {channel} 的额度已用完：{reason}。',
    '无需处理：由下一渠道接替。若经常发生，请减少通知或提高额度。',
  ),
  CHANNEL_SETUP: entry(
    502,
    'The channel {channel} turns the gateway away: {reason}.',
    'Check its secret, security settings (keyword, signature, IP list), templates, balance, and the clock of this machine.',
    '通知渠道 {channel} 拒绝网关：{reason}。',
    '请检查密钥、安全设置（关键词、加签、IP 白名单）、模板、余额以及本机时钟。',
  ),
  CHANNEL_REFUSED: entry(
    502,
    'The channel {channel} refuses the message: {reason}.',
    'See the delivery log; the next channel takes over.',
    '通知渠道 {channel} 拒收该消息：{reason}。',
    '请查看发送记录；由下一渠道接替。',
  ),
  CHANNEL_UNCERTAIN: entry(
    504,
    'Whether the channel {channel} sent the message is unknown: {reason}.',
    'It is not sent again, so that nobody is charged or called twice; the next channel takes over.',
    '无法确定通知渠道 {channel} 是否已发送：{reason}。',
    '为避免重复发送不再重试；由下一渠道接替。',
  ),
  CHANNEL_CRITICAL_ONLY: entry(
    409,
    'The channel {channel} is for critical alarms only: {reason}.',
    'Choose another channel for this severity.',
    '通知渠道 {channel} 仅用于紧急报警：{reason}。',
    '请为该级别选择其他渠道。',
  ),
  RECIPIENT_UNREACHABLE: entry(
    409,
    'The channel {channel} cannot reach the person: {reason}.',
    'Add what is missing to the person in campus.yaml.',
    '通知渠道 {channel} 无法联系到此人：{reason}。',
    '请在 campus.yaml 中补全该人员的联系方式。',
  ),
  PHONE_INVALID: entry(
    422,
    'The channel {channel} cannot use the phone number {reason}.',
    'Write it as "13800000000" in campus.yaml.',
    '通知渠道 {channel} 无法使用电话号码 {reason}。',
    '请在 campus.yaml 中写成 "13800000000"。',
  ),
  // replies: why nothing was acknowledged; the sender is told
  REPLIES_LOST: entry(
    502,
    'No replies arrive by the channel {channel}: {reason}.',
    'Check the internet connection and the app’s id and secret; it connects again by itself.',
    '渠道 {channel} 收不到回复：{reason}。',
    '请检查网络以及应用的 ID 与密钥；系统会自动重连。',
  ),
  REPLY_UNKNOWN_SENDER: entry(
    403,
    'The sender is not known: {field} {id}.',
    'Add this id to the person in campus.yaml.',
    '未登记的回复人（{field} {id}），未作任何处理。',
    '请将此 id 填入 campus.yaml 中的人员。',
  ),
  REPLY_NO_ALARM: entry(
    404,
    '{person} was told of no alarm by this channel that still waits for acknowledgement.',
    'Nothing more is needed.',
    '{person}，此渠道没有待您确认的报警。',
    '无需再次操作。',
  ),
  PERSON_UNKNOWN: entry(
    404,
    'There is no person {person}, or several campuses have one.',
    'Use an id of `people` in campus.yaml; with several campuses write campus/person.',
    '没有人员 {person}，或多所学校都有此 id。',
    '请使用 campus.yaml 中 people 的 id；多所学校时写成 学校/人员。',
  ),
  CHANNEL_UNKNOWN: entry(
    404,
    'There is no channel {channel}; there are: {known}.',
    'Use a name of `notify.channels` in campus.yaml, or `webhook`.',
    '没有通知渠道 {channel}；现有：{known}。',
    '请使用 campus.yaml 中 notify.channels 的名称，或 webhook。',
  ),
  // the canteen
  RECORD_UNKNOWN: entry(
    404,
    'There is no {what} {id}.',
    'List them to see what there is; it may not have been sent yet by the phone it was written on.',
    '没有编号为 {id} 的{whatZh}。',
    '请在列表中查看；也可能录入它的手机尚未上传。',
  ),
  RECORD_ID_TAKEN: entry(
    409,
    'The id {id} already stands for another record, written by {person}.',
    'Nothing was changed: send it again with an id of its own.',
    '编号 {id} 已用于 {person} 录入的另一条记录。',
    '未作任何更改：请换一个编号重新提交。',
  ),
  RECORD_CHANGED: entry(
    409,
    'The record {id} has been changed meanwhile (version {version}, yours is {yours}).',
    'Read it again, then decide whether your change is still right.',
    '记录 {id} 已被他人修改（现为第 {version} 版，您的是第 {yours} 版）。',
    '请重新读取后再决定是否修改。',
  ),
  RECORD_DONE: entry(
    409,
    'This was already done by {person} at {time}.',
    'Nothing more is needed.',
    '已由 {person} 于 {time} 完成。',
    '无需再次操作。',
  ),
  RECORD_IN_FUTURE: entry(
    422,
    'The time {time} lies in the future.',
    'Set the clock of the phone, then send it again.',
    '时间 {time} 在将来。',
    '请校准手机时间后重新提交。',
  ),
  SUPPLIER_IN_USE: entry(
    409,
    'The supplier {supplier} delivered {batches} batch(es): it cannot be removed.',
    'Leave it: the records of its deliveries must be kept.',
    '供货者 {supplier} 已有 {batches} 批进货记录，不能删除。',
    '请保留：进货查验记录必须保存。',
  ),
  CATEGORY_UNKNOWN: entry(
    422,
    'There is no food category {category}.',
    'Use one of {known}, or add it to canteen.categories.',
    '没有食品类别 {category}。',
    '请使用 {known} 之一，或在 canteen.categories 中添加。',
  ),
  PLACE_UNKNOWN: entry(
    422,
    '{place} is neither a cold unit nor a zone of the campus.',
    'Use the id of a fridge, freezer or cold room, or of a zone.',
    '{place} 既不是本校的冷藏冷冻设备，也不是区域。',
    '请填写冷藏柜、冷冻柜、冷库或区域的 id。',
  ),
  BATCH_DATES: entry(
    422,
    'The shelf life ends on {expires}, before the day of production, {produced}.',
    'Compare both dates with the package.',
    '保质期至 {expires}，早于生产日期 {produced}。',
    '请与包装上的日期核对。',
  ),
  BATCH_EXPIRED: entry(
    409,
    '{product} (batch {batch}) is past its shelf life since {expires}: it must not be used.',
    'Store it apart, mark it, and record its disposal.',
    '{product}（批次 {batch}）保质期至 {expires}，已过期，禁止使用。',
    '请单独存放、标明并记录处理情况。',
  ),
  BATCH_RECALLED: entry(
    409,
    '{product} (batch {batch}) is recalled: {reason}.',
    'Store it apart and do not use it; ask who ordered the recall.',
    '{product}（批次 {batch}）已召回：{reason}。',
    '请单独存放、停止使用，并联系召回负责人。',
  ),
  STOCK_SHORT: entry(
    409,
    'Of {product} (batch {batch}) there are only {there} {unit}.',
    'Count again; correct the received quantity or an earlier use if one of them is wrong.',
    '{product}（批次 {batch}）仅有 {there} {unit}。',
    '请重新清点；若进货数量或之前的出库有误，请先更正。',
  ),
  FOOD_RECALLED: entry(
    409,
    '{count} batches are recalled ({reason}): {products}.',
    'Stop using them, store them apart and mark them. There is: {where}. Went into: {dishes}; stop serving, keep the samples, and tell {classes}.',
    '召回 {count} 批（{reason}）：{products}。',
    '立即停用，单独封存并标明。现存：{whereZh}。已用于：{dishesZh}；停止供应，保留留样，通知{classesZh}。',
  ),
  FOOD_EXPIRED: entry(
    409,
    '{count} batches in stock are past their shelf life: {products}.',
    'Store them apart, mark them, and record their disposal. There is: {where}.',
    '{count} 批在库食材已过保质期：{products}。',
    '请单独存放、标明并登记处理。位置：{whereZh}。',
  ),
  FOOD_USED_UNSAFE: entry(
    409,
    '{product} (batch {batch}), expired or recalled, went into {dish}.',
    'Stop serving it, keep the sample, look after {classes}, and report it at once (食品安全法 art. 103).',
    '{product}（批次 {batch}）已过期或被召回，仍用于“{dish}”。',
    '立即停止供应，保留留样，关注{classesZh}的情况，并立即报告（食品安全法第一百零三条）。',
  ),
  DISH_IN_USE: entry(
    409,
    'The dish {dish} has ingredients or a sample: it cannot be cancelled.',
    'Reverse these first if they were written down by mistake.',
    '菜品 {dish} 已有用料或留样记录，不能取消。',
    '若为误录，请先撤销这些记录。',
  ),
  SAMPLE_TOO_SMALL: entry(
    422,
    'A sample of {grams} g is too small: at least {minimum} g are needed.',
    'Add to it, weigh it again and send the new weight.',
    '留样 {grams} 克不足，至少需要 {minimum} 克。',
    '请补足后重新称量提交。',
  ),
  SAMPLE_TOO_EARLY: entry(
    409,
    'The sample must be kept until {until}.',
    'Leave it in the fridge. If it is gone already, say why: it will be shown as destroyed early.',
    '留样须保存至 {until}。',
    '请继续冷藏。若已销毁，请填写原因，记录将显示为提前销毁。',
  ),
  FILE_TYPE: entry(
    422,
    'The file is neither a JPEG or PNG image nor a PDF.',
    'Take a photo or scan it as PDF; the ending of its name does not matter.',
    '文件不是 JPEG、PNG 图片或 PDF。',
    '请拍照或扫描为 PDF；文件扩展名不影响判断。',
  ),
  FILE_MISSING: entry(
    500,
    'The file {hash} is not in the data folder, or is not as it was.',
    'Put the folder attachments back from the backup.',
    '数据目录中没有文件 {hash}，或其内容已改变。',
    '请从备份恢复 attachments 文件夹。',
  ),
  DELIVERY_FILE: entry(
    400,
    'The file of deliveries cannot be read: {reason}.',
    'Save it as .xlsx or .csv with a line of headings and send it again.',
    '无法读取进货文件：{reasonZh}。',
    '请另存为带标题行的 .xlsx 或 .csv 后重新导入。',
  ),
  DELIVERY_HEADING: entry(
    400,
    'There is no line of headings: the columns {missing} are missing.',
    'Add a heading line with 品名, 数量, 单位 (or product, quantity, unit) at least.',
    '没有标题行：缺少列 {missing}。',
    '标题行至少应有：品名、数量、单位。',
  ),
  DELIVERY_CELL: entry(
    422,
    'Line {line}, column {column} is {found}; allowed: {allowed}.',
    'Correct the cell and import the file again: what was taken is not taken twice.',
    '第 {line} 行“{column}”列为 {found}；允许：{allowedZh}。',
    '请改正后重新导入：已导入的行不会重复。',
  ),
  DELIVERY_ROW: entry(
    422,
    'Line {line} cannot be taken: {reason}.',
    'Correct the line and import the file again: what was taken is not taken twice.',
    '第 {line} 行无法导入：{reason}。',
    '请改正后重新导入：已导入的行不会重复。',
  ),
  LEDGER_BROKEN: entry(
    500,
    'The ledger {ledger} of {campus} is broken at entry {position} ({id}): {problem}.',
    'Keep the data folder as it is and compare it with the backups: somebody changed the records past the gateway.',
    '{campus} 的台账 {ledger} 在第 {position} 条（{id}）处断裂：{problem}。',
    '请保留数据目录原样并与备份对比：有人绕过网关更改了记录。',
  ),
  // pages and API
  REQUEST_INVALID: entry(
    400,
    '{where} is {found}; allowed: {allowed}.',
    'See /api/docs for what the request may hold.',
    '{where} 为 {found}；允许：{allowedZh}。',
    '请求格式见 /api/docs。',
  ),
  REQUEST_TOO_LARGE: entry(
    413,
    'The request is larger than {limit} bytes.',
    'Send it in smaller parts.',
    '请求超过 {limit} 字节。',
    '请分成较小的部分发送。',
  ),
  REQUEST_MEDIA_TYPE: entry(
    415,
    'The content type {found} is not taken here.',
    'See /api/docs for the content type of the request.',
    '此处不接受内容类型 {found}。',
    '请求的内容类型见 /api/docs。',
  ),
  REQUEST_TIMEOUT: entry(
    503,
    'The request took longer than {seconds} s.',
    'Try again, or ask for less at once.',
    '请求处理超过 {seconds} 秒。',
    '请重试，或减少单次请求的数据量。',
  ),
  ROUTE_UNKNOWN: entry(
    404,
    'There is nothing at {method} {path}.',
    'See /api/docs for what there is.',
    '{method} {path} 不存在。',
    '可用的接口见 /api/docs。',
  ),
  CAMPUS_UNKNOWN: entry(
    404,
    'There is no campus {campus}.',
    'List the campuses to see their names.',
    '没有学校 {campus}。',
    '请在学校列表中查看名称。',
  ),
  DEVICE_NOT_FOUND: entry(
    404,
    'There is no device {device}.',
    'List the devices to see their names.',
    '没有设备 {device}。',
    '请在设备列表中查看名称。',
  ),
  TOKEN_NEEDED: entry(
    401,
    'A valid access token is needed.',
    'Send the header “Authorization: Bearer <token>” with the gateway’s token.',
    '需要有效的访问令牌。',
    '请在请求头中加入 “Authorization: Bearer <令牌>”。',
  ),
  HOST_REFUSED: entry(
    403,
    'The gateway does not answer to the name {host}.',
    'Open it as localhost, or set http.publicUrl to the name it is reached by.',
    '网关不响应主机名 {host}。',
    '请用 localhost 访问，或把 http.publicUrl 设为实际使用的地址。',
  ),
  ORIGIN_REFUSED: entry(
    403,
    'Another site ({origin}) may not change anything here.',
    'Do it on the gateway’s own pages.',
    '不允许其他网站（{origin}）在此进行更改。',
    '请在网关自己的页面上操作。',
  ),
  HTTP_WIDE_OPEN: entry(
    500,
    'The gateway will not listen on {host} without an access token: anybody could use it.',
    'Set http.tokenEnv and the variable it names, or http.host to 127.0.0.1.',
    '未设置访问令牌时，网关拒绝监听 {host}：任何人都能使用。',
    '请设置 http.tokenEnv 及其指定的环境变量，或将 http.host 设为 127.0.0.1。',
  ),
  LINK_GUESSED: entry(
    429,
    'Too many links that are not valid.',
    'Open the link from the message itself; wait a minute if it was cut short.',
    '无效链接过多。',
    '请直接点击消息中的链接；如链接不完整，请稍后再试。',
  ),
  LIVE_FULL: entry(
    503,
    'No more than {limit} live connections are served.',
    'Close some pages that show live values, then try again.',
    '实时连接已达上限 {limit}。',
    '请关闭部分实时页面后重试。',
  ),
  READER_BUSY: entry(
    503,
    '{waiting} queries are waiting already.',
    'Try again in a moment.',
    '已有 {waiting} 个查询在等待。',
    '请稍后重试。',
  ),
  READER_FAILED: entry(
    500,
    'Stored readings could not be read: {reason}.',
    'Try again; the reader starts anew by itself.',
    '读取历史数据失败：{reason}。',
    '请重试；读取线程会自动重新启动。',
  ),
  SECRET_MISSING: entry(
    500,
    'The environment variable {name} is not set ({what}).',
    'Set it before starting the gateway.',
    '未设置环境变量 {name}（{what}）。',
    '请在启动网关前设置。',
  ),
  CONFIG_RELOAD_FAILED: entry(
    500,
    'The changed configuration was not taken: {reason}',
    'Correct the file; the gateway goes on with the last good one and takes the new one by itself.',
    '配置修改未生效：{reason}',
    '请改正文件；网关继续使用上一份正确的配置，改好后会自动生效。',
  ),
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

export type ErrorCode = keyof typeof catalogue;
export type ErrorParams = Record<string, string | number>;

const fill = (template: string, params: ErrorParams): string =>
  template.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));

/** The catalogue's message and remedy for a code, with its parameters filled in. */
export function describe(
  code: ErrorCode,
  params: ErrorParams = {},
): { message: Text; remedy: Text } {
  const { message, remedy } = catalogue[code];
  return {
    message: { zh: fill(message.zh, params), en: fill(message.en, params) },
    remedy: { zh: fill(remedy.zh, params), en: fill(remedy.en, params) },
  };
}

/** An error from the catalogue. `message` is English, for logs; people are shown `describe()`. */
export class CodedError extends Error {
  readonly code: ErrorCode;
  readonly params: ErrorParams;

  constructor(code: ErrorCode, params: ErrorParams = {}, options?: ErrorOptions) {
    super(describe(code, params).message.en, options);
    this.name = 'CodedError';
    this.code = code;
    this.params = params;
  }

  get status(): number {
    return catalogue[this.code].status;
  }
}
