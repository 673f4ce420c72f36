import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { AlarmEngine } from '../alarms/engine.ts';
import { SEVERITIES } from '../campus/rule.ts';
import type { Clock } from '../clock.ts';
import type { MeterWatch } from '../energy/leaks/watch.ts';
import type { Forwarder } from '../influx/forwarder.ts';
import { addInfluxMetrics } from '../influx/metrics.ts';
import type { NotificationOutbox } from '../notify/outbox.ts';
import type { ReplyStatus } from '../notify/replies/reply.ts';
import type { SmsReplies } from '../notify/sms-replies.ts';
import type { Catalogue } from '../pipeline/catalogue.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { Reader } from '../storage/reader.ts';
import type { LiveHub } from './hub.ts';
import { OpenAlarms, type OpenAlarmsSource } from './open-alarms.ts';

/** What is measured. */
export interface MetricSources extends OpenAlarmsSource {
  clock: Clock;
  pipeline: Pick<Pipeline, 'counters' | 'waiting' | 'deadLetters'>;
  catalogue: Pick<Catalogue, 'devices'>;
  engine: Pick<AlarmEngine, 'ruleCount'>;
  meters: Pick<MeterWatch, 'ruleCount'>;
  outbox: Pick<NotificationOutbox, 'pending'>;
  hub: Pick<LiveHub, 'clients' | 'dropped'>;
  reader: Pick<Reader, 'status'>;
  /** Connections on which people acknowledge. */
  replies?: () => readonly ReplyStatus[];
  smsReplies: Pick<SmsReplies, 'counts'>;
  influx?: Pick<Forwarder, 'counters' | 'status'> | undefined;
}

/** The gateway's metrics, `campus_gateway_*`. They are read from the parts when somebody asks. */
export function createMetrics(sources: MetricSources): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const { pipeline, outbox, hub, reader, clock } = sources;
  const { counters } = pipeline;

  const total = (name: string, help: string, read: () => number) =>
    new Counter({
      name: `campus_gateway_${name}_total`,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  const now = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `campus_gateway_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });

  total('messages', 'Messages taken from the transport', () => counters.messages);
  total('readings', 'Readings stored', () => counters.readings);
  total('duplicates', 'Readings that were kept already', () => counters.duplicates);
  total('late', 'Readings that told of the past', () => counters.late);
  total(
    'ignored',
    'Nothing to keep, or retained without a time of its own',
    () => counters.ignored,
  );
  total('transactions', 'Transactions committed', () => counters.transactions);
  total('live_dropped', 'Readings not sent to slow live clients', () => hub.dropped);
  total('reader_crashes', 'Times the reader thread died', () => reader.status.crashes);

  now('waiting', 'Messages that wait for their transaction', () => pipeline.waiting);
  now('dead_letters', 'Dead letters kept', () => pipeline.deadLetters.kept);
  now('devices', 'Devices configured', () => sources.catalogue.devices.size);
  now('rules', 'Rules that judge', () => sources.engine.ruleCount + sources.meters.ruleCount);
  now('live_clients', 'Clients of the live stream', () => hub.clients);
  now('reader_waiting', 'Queries that wait for the reader', () => reader.status.waiting);
  now(
    'notifications_pending',
    'Notifications not delivered yet',
    () => outbox.pending(clock.now()).count,
  );
  now('notifications_oldest_seconds', 'Age of the oldest pending notification', () => {
    const { oldest } = outbox.pending(clock.now());
    return oldest === undefined ? 0 : Math.max(0, clock.now() - oldest) / 1000;
  });

  if (sources.influx) addInfluxMetrics(registry, sources.influx);
  if (sources.replies) addReplies(registry, sources.replies);
  addRefused(registry, pipeline);
  addSmsReplies(registry, sources.smsReplies);
  addOpenAlarms(registry, new OpenAlarms(sources));
  return registry;
}

function addReplies(registry: Registry, status: () => readonly ReplyStatus[]): void {
  new Gauge({
    name: 'campus_gateway_replies_connected',
    help: '1 while replies of people arrive, by channel',
    labelNames: ['channel'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { name, connected } of status()) this.set({ channel: name }, Number(connected));
    },
  });
  new Counter({
    name: 'campus_gateway_replies_lost_total',
    help: 'Times the connection for replies was lost, by channel',
    labelNames: ['channel'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { name, losses } of status()) this.inc({ channel: name }, losses);
    },
  });
}

function addRefused(registry: Registry, { deadLetters }: MetricSources['pipeline']): void {
  new Counter({
    name: 'campus_gateway_refused_total',
    help: 'Payloads refused, by reason',
    labelNames: ['reason'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [reason, count] of deadLetters.counts) this.inc({ reason }, count);
    },
  });
}

function addSmsReplies(registry: Registry, { counts }: MetricSources['smsReplies']): void {
  new Counter({
    name: 'campus_gateway_sms_replies_total',
    help: 'Short messages that people sent back, by what became of them',
    labelNames: ['outcome'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [outcome, count] of Object.entries(counts)) this.inc({ outcome }, count);
    },
  });
}

function addOpenAlarms(registry: Registry, openAlarms: OpenAlarms): void {
  new Gauge({
    name: 'campus_gateway_open_alarms',
    help: 'Open alarms, by severity',
    labelNames: ['severity'],
    registers: [registry],
    collect() {
      const bySeverity = Map.groupBy(openAlarms.list(), ({ severity }) => severity);
      for (const severity of SEVERITIES) {
        this.set({ severity }, bySeverity.get(severity)?.length ?? 0);
      }
    },
  });
}
