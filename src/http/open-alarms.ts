import type { Alarm, AlarmStore } from '../alarms/store.ts';
import { SEVERITIES } from '../campus/rule.ts';

export interface OpenAlarmsSource {
  store: Pick<AlarmStore, 'allOpen'>;
  latestAlarmEvent(): number;
}

/** The open alarms, read anew only when something has happened to one. */
export class OpenAlarms {
  readonly #source: OpenAlarmsSource;
  #readAt = -1;
  #list: readonly Alarm[] = [];
  #byDevice = new Map<string, readonly Alarm[]>();

  constructor(source: OpenAlarmsSource) {
    this.#source = source;
  }

  /** The gravest first, then the newest. */
  list(): readonly Alarm[] {
    this.#refresh();
    return this.#list;
  }

  /** Of one device, by its full name. */
  of(device: string): readonly Alarm[] {
    this.#refresh();
    return this.#byDevice.get(device) ?? [];
  }

  #refresh(): void {
    const latest = this.#source.latestAlarmEvent();
    if (latest === this.#readAt) return;
    const gravity = (alarm: Alarm) => SEVERITIES.indexOf(alarm.severity);
    const open = this.#source.store.allOpen();
    this.#list = open.sort((a, b) => gravity(a) - gravity(b) || b.raised - a.raised);
    this.#byDevice = Map.groupBy(this.#list, ({ campus, device }) => `${campus}/${device}`);
    this.#readAt = latest;
  }
}
