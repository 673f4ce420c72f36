import { connect, type MqttClient } from 'mqtt';

/** One report of a device: a single reading. */
export interface Report {
  time: number;
  value: number | boolean;
}

/**
 * A device with a memory: it numbers its reports by time, keeps each until its PUBACK, and after a
 * lost connection sends all it keeps again, in order. It has one metric.
 */
export class Publisher {
  readonly device: string;
  readonly metric: string;
  readonly acknowledged: Report[] = [];
  /** Told of every PUBACK. */
  onAcknowledged: () => void = () => undefined;
  readonly #value: (n: number) => number | boolean;
  readonly #window: number;
  #kept: Report[] = [];
  #count = 0;
  #latest = 0;
  #stopping = false;
  #client: MqttClient | undefined;
  #idle = Promise.withResolvers<void>();

  /** `value` is what it reports the nth time; `window` how many reports it sends ahead. */
  constructor(
    device: string,
    metric: string,
    window: number,
    value: (n: number) => Report['value'],
  ) {
    this.device = device;
    this.metric = metric;
    this.#window = window;
    this.#value = value;
  }

  /** Connects and reports until the connection is lost; then it must be connected again. */
  connect(url: string, password: string): void {
    this.disconnect();
    const username = `qingcheng/${this.device}`;
    const client = connect(url, { username, password, reconnectPeriod: 0, connectTimeout: 60_000 });
    this.#client = client;
    client.on('error', () => undefined);
    client.once('connect', () => {
      for (const report of this.#kept) this.#send(client, report);
      this.#fill(client);
    });
  }

  /** Begins nothing new; resolves when every report is acknowledged. */
  async finish(): Promise<void> {
    this.#stopping = true;
    if (this.#kept.length > 0) await this.#idle.promise;
    this.#client?.end(true);
  }

  /** Gives up the connection that was lost. */
  disconnect(): void {
    this.#client?.end(true);
    this.#client = undefined;
  }

  #fill(client: MqttClient): void {
    while (!this.#stopping && this.#kept.length < this.#window) {
      this.#latest = Math.max(Date.now(), this.#latest + 1);
      const report = { time: this.#latest, value: this.#value(this.#count++) };
      this.#kept.push(report);
      this.#send(client, report);
    }
  }

  #send(client: MqttClient, report: Report): void {
    const time = new Date(report.time).toISOString();
    const payload = JSON.stringify({ time, values: { [this.metric]: report.value } });
    client.publish(`campus/qingcheng/${this.device}/up`, payload, { qos: 1 }, (error) => {
      // a client that is given up answers for what it had under way, too
      if (error || client !== this.#client) return;
      this.#kept = this.#kept.filter((other) => other !== report);
      this.acknowledged.push(report);
      this.onAcknowledged();
      if (this.#stopping && this.#kept.length === 0) this.#idle.resolve();
      this.#fill(client);
    });
  }
}
