/** Where a school describes itself, unless --config says otherwise. */
export const DEFAULT_CONFIG = 'campus.yaml';

/** What `help` prints. */
export const HELP = `校园网关 Campus Gateway

用法 Usage: npm run -s gateway -- <command> [options]

  start                     运行网关 run the gateway
  demo                      演示学校：网关、模拟校园、值班手机 the demonstration school
  check                     检查配置 validate the configuration
  replay FILE.csv           用历史数据试运行规则 try the rules on recorded readings
  import readings FILE.csv  导入历史读数，不产生报警 bring readings in as history
  export --to influx --from DATE [--until DATE]
                            把已存读数补写到 InfluxDB send stored readings to InfluxDB
  consumption --device D --from DATE [--to DATE] [--by hour|day|week|month]
                            一块表的用量 what one meter used
  meters tree [--campus C] [--from DATE] [--to DATE]
                            计量表树与未计量部分 the meters, and what none of them counts
  meters replace --device D --at TIME --old-final N --new-initial N
                            登记换表 declare a replacement  [--new-serial S] [--multiplier N] [--digits N]
  import bills FILE --utility electricity|water [--preview] [--replace] [--person NAME]
                            导入上年账单 bring last year's bills in  [--sheet S] [--year Y] [--campus C]
  bills list [--utility U] [--withdrawn] | bills withdraw ID --reason TEXT | bills template [FILE.xlsx]
                            账单列表、作废、模板 bills: list, withdraw, a template to fill in
  baseline --utility U --from DAY --to DAY
                            基准期逐日用量及来源 what each day used, by bills or meters
  adjustments list --utility U
  adjustments add --utility U --from DAY [--to DAY] --per-day N --reason TEXT --approver NAME
  adjustments withdraw ID --reason TEXT --approver NAME
                            基准调整台账 changes of the baseline, such as a new building
  dead-letters list         列出死信 list what could not be taken        [--reason CODE] [--limit N]
  dead-letters replay [ID…] 重新处理死信 take dead letters again         [--reason CODE]
  alarms list               未关闭的报警 the open alarms                 [--limit N]
  alarms show ID            一条报警的全部经过：谁在何时经何渠道被告知
                            its record: who was told when, by which channel, with what outcome
  drill start ZONE --person ID [--for 1h] [--kind fire|earthquake|crowd|other] [--campus ID]
                            开始演练 hold a drill: its alarms are tagged 【演练】
  drill end ID --person NAME  提前结束演练 end it early                drill list  演练列表 drills
  credentials list          查看设备账号 which devices have a password
  credentials set USER      生成设备密码 make a password      [--password-stdin 由管道传入 piped in]
  notify test PERSON        试发通知，消息标明【测试】 try the channels to a person [--channel NAME]
  trace meal DAY breakfast|lunch|dinner
  trace batch ID | trace supplier ID
                            食材溯源 trace food back and forth          [--campus ID]
  cold-chain units [--device D] [--day DAY]
                            冷链设备与达标时间 the cold units, and how long each was in range
  cold-chain record --day DAY [--device D]
                            温度记录 the temperature record of a day    [--campus ID]
  ledger receiving|temperatures|uses|disposals|samples|recalls|suppliers|drills FILE.xlsx
                            --from DAY --to DAY
                            食堂台账导出 a ledger of the canteen        [--campus ID]
  epcis FILE.json --from DAY --to DAY
                            EPCIS 2.0 事件 what happened to food        [--campus ID]
  import deliveries FILE.xlsx|FILE.csv --person NAME
                            导入进货台账 take a file of deliveries      [--campus ID]
  target electricity|water [--from DAY] [--to DAY]
                            水电与去年同期相比，缺省为今年至今 this year against last  [--campus ID]
  target traceability --from DAY --to DAY [--by day|month|term]
                            食材溯源率 the rate of traceability         [--campus ID]
  audit verify | rebuild    校验食堂台账 | 由台账重建（须先停止网关）
                            prove the canteen's ledgers | work the tables out anew (gateway stopped)
  backup [FILE]             备份 write a checked copy of the database
  restore FILE              恢复备份（须先停止网关）put a backup in its place

选项 Options:
  --config PATH    campus.yaml，或每校一个文件的文件夹 or a folder, one file a campus
  --data DIR       数据目录 the data folder (./data)
  --http-port N    --mqtt-port N    --phone-port N    0 表示自动选择 picks a free one
  --providers      演示：短信、钉钉等均发往模拟服务商 demo: simulated DingTalk, SMS and others
  --speed N        演示：模拟时间倍率 demo: simulated seconds a second
  --json           每行一个 JSON 对象 one JSON object a line
`;
