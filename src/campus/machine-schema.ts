import { type Static, Type } from 'typebox';
import { about, allows, Duration, EnvironmentName, Id, secret, Url } from '../validation.ts';

const closed = { additionalProperties: false };

const Port = (fallback: number, options = {}) =>
  Type.Integer({ minimum: 0, maximum: 65_535, default: fallback, ...options });

const Transport = Type.Object(
  {
    host: Type.String({
      default: '127.0.0.1',
      ...about('Address of the embedded broker', '内置 Broker 的监听地址'),
    }),
    port: Port(1883, about('0 picks a free one', '0 为自动选择')),
    tls: Type.Optional(
      Type.Object(
        {
          port: Port(8883),
          certFile: Type.String(about('PEM, beside this file or absolute', 'PEM 证书文件')),
          keyFile: Type.String(about('PEM', 'PEM 私钥文件')),
        },
        { ...closed, ...about('Adds MQTT over TLS', '增加 TLS 监听') },
      ),
    ),
    maxConnections: Type.Integer({
      minimum: 1,
      maximum: 100_000,
      default: 12_000,
      ...about('Connections at once', '同时连接数上限'),
    }),
    maxPayload: Type.Integer({
      minimum: 256,
      maximum: 16_777_216,
      default: 262_144,
      ...about('Bytes in one message', '单条消息字节上限'),
    }),
    external: Type.Optional(
      Type.Object(
        {
          url: Type.String({
            pattern: '^(mqtts?|wss?)://[^\\s]+$',
            ...allows('an address such as mqtt://host:1883', '地址，例如 mqtt://host:1883'),
            ...secret,
          }),
          clientId: Type.String({ default: 'campus-gateway', minLength: 1, maxLength: 64 }),
          username: Type.Optional(Type.String({ maxLength: 200 })),
          passwordEnv: Type.Optional(EnvironmentName()),
          caFile: Type.Optional(Type.String(about('PEM of its authority', 'CA 证书（PEM）'))),
        },
        { ...closed, ...about('Another broker instead of the embedded one', '改用外部 Broker') },
      ),
    ),
  },
  { ...closed, default: {}, ...about('Where messages come from', '消息来源') },
);

const Storage = Type.Object(
  {
    keepReadings: Duration({
      default: '1100d',
      ...about(
        'How long readings are kept; hourly figures stay',
        '原始读数保留时长；小时汇总长期保留',
      ),
    }),
    keepDeadLetters: Duration({
      default: '30d',
      ...about('How long dead letters are kept', '死信保留时长'),
    }),
    maxDeadLetters: Type.Integer({
      minimum: 100,
      maximum: 10_000_000,
      default: 100_000,
      ...about('The oldest go first', '死信条数上限，先删最旧的'),
    }),
  },
  { ...closed, default: {}, ...about('What is kept', '保存策略') },
);

const Http = Type.Object(
  {
    host: Type.String({
      default: '127.0.0.1',
      ...about('Wider than loopback needs tokenEnv', '非本机地址须设置 tokenEnv'),
    }),
    port: Port(8080, about('0 picks a free one', '0 为自动选择')),
    tokenEnv: Type.Optional(
      EnvironmentName(
        about('Holds the bearer token that every request must carry', '保存访问令牌的环境变量'),
      ),
    ),
    smsReplySecretEnv: Type.Optional(
      EnvironmentName(
        about(
          'Holds the secret that ends the address for SMS replies: /sms/aliyun/… or /sms/tencent/…',
          '保存短信回复回调地址末尾密钥的环境变量：/sms/aliyun/… 或 /sms/tencent/…',
        ),
      ),
    ),
    publicUrl: Type.Optional(
      Url(about('How phones reach this gateway; used in links', '手机访问网关的地址，用于链接')),
    ),
  },
  { ...closed, default: {}, ...about('Pages and API', '页面与接口') },
);

const Influx = Type.Object(
  {
    url: Url(
      about(
        'Of InfluxDB 2, 3 or 1.8, or of VictoriaMetrics run with -dedup.minScrapeInterval=1ms',
        'InfluxDB 2、3、1.8 的地址，或以 -dedup.minScrapeInterval=1ms 运行的 VictoriaMetrics 的地址',
      ),
    ),
    org: Type.String({
      default: '',
      maxLength: 200,
      ...about('Organisation; InfluxDB 2 needs it', '组织名，InfluxDB 2 必填'),
    }),
    bucket: Type.String({
      default: 'campus',
      minLength: 1,
      maxLength: 200,
      ...about('Bucket; for InfluxDB 1.8 database/retention', '存储桶；1.8 版为 数据库/保留策略'),
    }),
    tokenEnv: Type.Optional(
      EnvironmentName(
        about(
          'Holds a token that may write to the bucket; for 1.8 user:password',
          '保存可写入该存储桶的令牌的环境变量；1.8 版为 用户名:密码',
        ),
      ),
    ),
    instance: Id({
      default: 'gateway',
      ...about('Tells several gateways of one bucket apart', '多个网关共用存储桶时的区分名'),
    }),
    maxRows: Type.Integer({
      minimum: 10_000,
      maximum: 1_000_000_000,
      default: 20_000_000,
      ...about(
        'Readings that may wait while InfluxDB is away (20–50 bytes each); the oldest go first',
        'InfluxDB 不可用时最多积压的读数（每条约 20–50 字节），超出先放弃最旧的',
      ),
    }),
    maxAge: Duration({
      default: '30d',
      ...about('How long they may wait', '积压的最长时间'),
    }),
  },
  { ...closed, ...about('Also writes every reading to InfluxDB', '同时写入 InfluxDB') },
);

/** What belongs to the machine, not to a school. */
export const machine = {
  transport: Transport,
  storage: Storage,
  http: Http,
  influx: Type.Optional(Influx),
};

export type InfluxConfig = Static<typeof Influx>;
