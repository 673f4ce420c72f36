import type { Clock, Millis } from '../clock.ts';
import type { Point } from './lines.ts';
import { gatewayPoint } from './points.ts';

const EVERY: Millis = 60_000;

export interface SelfReportOptions {
  clock: Clock;
  instance: string;
  /** How the gateway is now. */
  figures: () => Readonly<Record<string, number | boolean | undefined>>;
  /** Keeps a point for InfluxDB in a transaction of its own. */
  keep: (point: Point) => void;
  onError: (error: unknown) => void;
}

/** Writes each minute how the gateway is. Returns its end. */
export function startSelfReport(options: SelfReportOptions): () => void {
  const { clock, instance, figures, keep, onError } = options;
  let isStopped = false;
  const report = () => {
    if (isStopped) return;
    try {
      keep(gatewayPoint(instance, figures(), clock.now()));
    } catch (error) {
      onError(error);
    }
    clock.after(EVERY, report);
  };
  clock.after(EVERY, report);
  return () => {
    isStopped = true;
  };
}
