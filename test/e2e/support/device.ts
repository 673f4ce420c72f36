import { connect, type MqttClient } from 'mqtt';

/** A device with a real MQTT client, which connects once. */
export class Device implements Disposable {
  readonly #client: MqttClient;
  readonly #topic: string;

  private constructor(client: MqttClient, username: string) {
    this.#client = client;
    this.#topic = `campus/${username}/up`;
  }

  /** Rejects when the broker refuses it. */
  static async connect(url: string, username: string, password: string): Promise<Device> {
    const client = connect(url, { username, password, reconnectPeriod: 0 });
    try {
      await new Promise<void>((resolve, reject) => {
        client.once('connect', () => resolve());
        client.once('error', reject);
        client.once('close', () => reject(new Error('closed')));
      });
    } catch (error) {
      client.end(true);
      throw error;
    }
    return new Device(client, username);
  }

  /** Resolves with the PUBACK. */
  async reports(values: Record<string, number | boolean>): Promise<void> {
    await this.publish(this.#topic, { time: new Date().toISOString(), values });
  }

  /** Resolves with the PUBACK; rejects when the broker closes the connection instead. */
  async publish(topic: string, body: unknown): Promise<void> {
    const payload = typeof body === 'string' ? body : JSON.stringify(body);
    const { promise: closed, reject } = Promise.withResolvers<never>();
    const onClose = () => reject(new Error('closed'));
    this.#client.once('close', onClose);
    try {
      await Promise.race([this.#client.publishAsync(topic, payload, { qos: 1 }), closed]);
    } finally {
      this.#client.off('close', onClose);
    }
  }

  [Symbol.dispose](): void {
    this.#client.end(true);
  }
}
