import { Counter, Gauge, type Registry } from 'prom-client';
import type { Forwarder } from './forwarder.ts';

/** Adds `campus_gateway_influx_*`; they are read when somebody asks. */
export function addInfluxMetrics(
  registry: Registry,
  forwarder: Pick<Forwarder, 'counters' | 'status'>,
): void {
  const total = (name: string, help: string, read: () => number) =>
    new Counter({
      name: `campus_gateway_influx_${name}_total`,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  const now = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `campus_gateway_influx_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });

  total('written', 'Lines that InfluxDB has confirmed', () => forwarder.counters.written);
  total('refused', 'Lines that became dead letters', () => forwarder.counters.refused);
  total('expired', 'Lines older than the bucket keeps', () => forwarder.counters.expired);
  total('dropped', 'Lines given up because too much waited', () => forwarder.counters.dropped);
  total('requests', 'Requests made', () => forwarder.counters.requests);
  total('failures', 'Requests that had to be made again', () => forwarder.counters.failures);

  now('waiting', 'Lines that wait', () => forwarder.status().waiting);
  now('oldest_seconds', 'Age of the oldest waiting line', () => forwarder.status().oldest / 1000);
  now('lag_seconds', 'From commit to confirmation, of the newest confirmed line', () => {
    return forwarder.status().lag / 1000;
  });
  now('up', '1 while lines are taken', () => (forwarder.status().problem === undefined ? 1 : 0));
}
