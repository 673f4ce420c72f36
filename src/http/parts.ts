import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { AlarmActions } from '../alarms/actions.ts';
import type { OutOfService } from '../alarms/out-of-service.ts';
import type { ServicePeriods } from '../alarms/service-periods.ts';
import type { Alarm, AlarmStore } from '../alarms/store.ts';
import type { DrillDesk } from '../alarms/storm/control.ts';
import type { Configuration } from '../campus/model.ts';
import type { Books } from '../canteen/books.ts';
import type { CardLinks } from '../canteen/card-links.ts';
import type { Clock } from '../clock.ts';
import type { Baseline } from '../energy/create-baseline.ts';
import type { Energy } from '../energy/energy.ts';
import type { Targets } from '../energy/target/targets.ts';
import type { Health } from '../health.ts';
import type { ImportResult } from '../history/import.ts';
import type { Forwarder } from '../influx/forwarder.ts';
import type { OpenedLink } from '../notify/acknowledge.ts';
import type { Notices } from '../notify/notices.ts';
import type { NotificationOutbox } from '../notify/outbox.ts';
import type { SmsReplies } from '../notify/sms-replies.ts';
import type { TestRequest, TestResult } from '../notify/test-message.ts';
import type { Catalogue } from '../pipeline/catalogue.ts';
import type { DeadLetters } from '../pipeline/dead-letters.ts';
import type { Backup } from '../storage/backup.ts';
import type { Reader } from '../storage/reader.ts';
import type { LiveHub } from './hub.ts';

/** Which dead letters to take again: all where it is empty, else all conditions must hold. */
export interface DeadLetterSelection {
  ids?: number[] | undefined;
  /** A code of the error catalogue. */
  reason?: string | undefined;
}

/** What the pages and the API need of the gateway. */
export interface HttpParts {
  clock: Clock;
  log: Logger;
  version: string;
  configuration(): Configuration;
  catalogue: Catalogue;
  store: AlarmStore;
  /** The id of the newest alarm event; 0 when there is none. Cheap: asked at every request. */
  latestAlarmEvent(): number;
  actions: AlarmActions;
  outOfService: OutOfService;
  periods: ServicePeriods;
  outbox: NotificationOutbox;
  drills: DrillDesk;
  notices: Notices;
  /**
   * What an acknowledgement link is about; changes nothing, and answers for a used link too.
   * Throws LINK_INVALID or LINK_EXPIRED.
   */
  openLink(token: string): OpenedLink;
  /** Acknowledges. Throws LINK_INVALID, LINK_EXPIRED, LINK_USED, ALARM_ACKNOWLEDGED or ALARM_CLOSED. */
  useLink(token: string): Alarm;
  /**
   * Says that it was a false alarm. Throws LINK_INVALID, LINK_EXPIRED, LINK_USED or
   * ALARM_REMARKS_FULL.
   */
  useLinkForFalseAlarm(token: string): void;
  /** The secret in the address of a campus's roster calendar. */
  calendarToken(campus: string): string;
  /** Sends a test message; see notify/test-message.ts. Throws PERSON_UNKNOWN or CHANNEL_UNKNOWN. */
  sendTest(request: TestRequest): Promise<TestResult[]>;
  smsReplies: SmsReplies;
  /** What the addresses for SMS replies end in; undefined: there are none. */
  smsReplySecret: string | undefined;
  deadLetters: DeadLetters;
  replayDeadLetters(selection: DeadLetterSelection): Promise<{ replayed: number; refused: number }>;
  /** Takes a CSV of readings as it arrives. Throws CSV_HEADING or a storage error. */
  importReadings(csv: Readable): Promise<ImportResult>;
  /** Writes a backup to the file. */
  backup(file: string): Promise<Backup>;
  addCredential(username: string, password: string): Promise<void>;
  canteen: Books;
  cards: CardLinks;
  reader: Reader;
  energy: Energy;
  baseline: Baseline;
  targets: Targets;
  hub: LiveHub;
  /** Only where an InfluxDB is configured. */
  influx?: Forwarder | undefined;
  health(): Health;
  registry: Registry;
  /**
   * What every request must carry as a bearer token: the value of the variable that http.tokenEnv
   * names. undefined where the configuration names none.
   */
  token: string | undefined;
  /**
   * Random for each run; the command line reads it from the data folder of the same machine. Always
   * accepted as a bearer token.
   */
  controlToken: string;
}
