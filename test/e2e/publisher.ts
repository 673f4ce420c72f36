import { connect, type MqttClient } from 'mqtt';

/** One message that was published: acknowledged or not yet. */
export interface Published {
  device: string;
  metric: string;
  time: number;
  value: number | boolean;
  acknowledged: boolean;
}

/** A device that publishes with QoS 1 and holds on to what has no PUBACK, as real ones do. */
export class Publisher {
  readonly sent: Published[] = [];
  readonly #client: MqttClient;
  readonly #device: string;
  #time: number;
  #running = true;

  constructor(url: string, device: string, password: string, start: number) {
    this.#device = device;
    this.#time = start;
    this.#client = connect(url, {
      clientId: `publisher-${device}`,
      username: `crash/${device}`,
      password,
      // a killed gateway is back in a moment
      reconnectPeriod: 50,
      connectTimeout: 2_000,
    });
    // being cut off is what this is about
    this.#client.on('error', () => undefined);
  }

  /** Publishes one reading; resolves with its PUBACK, however many reconnects that takes. */
  async publish(metric: string, value: number | boolean): Promise<void> {
    this.#time += 1;
    const time = this.#time;
    const entry: Published = { device: this.#device, metric, time, value, acknowledged: false };
    this.sent.push(entry);
    const payload = JSON.stringify({
      time: new Date(time).toISOString(),
      values: { [metric]: value },
    });
    await this.#client.publishAsync(`campus/crash/${this.#device}/up`, payload, { qos: 1 });
    entry.acknowledged = true;
  }

  /** Publishes again and again, some at once, until told to stop. */
  async flow(metric: string, atOnce: number): Promise<void> {
    while (this.#running) {
      await Promise.all(
        Array.from({ length: atOnce }, (_, i) => this.publish(metric, this.sent.length + i)),
      );
    }
  }

  stopFlow(): void {
    this.#running = false;
  }

  async close(): Promise<void> {
    await this.#client.endAsync(true);
  }
}
