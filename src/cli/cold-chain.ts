import { localMoment } from '../campus/school-days.ts';
import { isDay } from '../canteen/books.ts';
import type { RecordRow } from '../canteen/cold-chain/temperature-record.ts';
import { temperatureRecord } from '../canteen/cold-chain/temperature-record.ts';
import { readUnits } from '../canteen/cold-chain/unit-facts.ts';
import { rangeOf } from '../canteen/periods.ts';
import { traceRules } from '../canteen/trace-rules.ts';
import { systemClock } from '../clock.ts';
import { CodedError } from '../errors.ts';
import { readConfiguration } from '../gateway.ts';
import type { Arguments } from './arguments.ts';
import { campusOf, reading, say } from './canteen.ts';
import { DEFAULT_CONFIG } from './help.ts';
import { print } from './print.ts';

const usage = (found: string) => new CodedError('USAGE', { found });

/** The cold units of today, or the temperature record of a day; beside a running gateway too. */
export function coldChain(args: Arguments): void {
  const [, action] = args.words;
  if (action !== 'units' && action !== 'record') {
    throw usage(`cold-chain ${action ?? '– units | record'}?`);
  }
  const configuration = readConfiguration(args.config ?? DEFAULT_CONFIG);
  const id = campusOf(configuration, args);
  reading(args, ({ connection }) => {
    const now = systemClock.now();
    const rules = traceRules(connection, configuration, id, now);
    const campus = configuration.campuses.get(id);
    if (!campus) return;
    const day = args.day ?? localMoment(now, campus.timezone).day;
    if (!isDay(day)) throw usage(`--day ${day}`);
    const coldChain = rules.coldChain.filter(
      (unit) => args.device === undefined || unit.id === args.device,
    );
    if (action === 'record') {
      const record = temperatureRecord(connection, { ...rules, coldChain }, day);
      if (args.json) return say(record);
      for (const row of record.rows) print(sayRow(row));
      return undefined;
    }
    const units = readUnits(connection, { ...rules, coldChain }, rangeOf(campus, day, day));
    if (args.json) return say({ units });
    for (const { id: unit, name, temperature, period, limits, isCalibrationDue } of units) {
      const { low = '', high = '' } = limits;
      const hours = (seconds: number) => Math.round(seconds / 360) / 10;
      const { inRange, outOfRange, unknown } = period;
      print(
        [
          `${name} (${unit})`,
          `${temperature ?? '–'} ℃ (${low}…${high})`,
          `正常 in range ${hours(inRange)} h`,
          `超限 out ${hours(outOfRange)} h`,
          `未知 unknown ${hours(unknown)} h`,
          ...(isCalibrationDue ? ['须校验 calibration due'] : []),
        ].join('  '),
      );
    }
    return undefined;
  });
}

function sayRow(row: RecordRow): string {
  const { time, name, zone, temperature, isNormal, what, action, person, missing } = row;
  const normal = isNormal === undefined ? '未知' : isNormal ? '正常' : '异常';
  const lacks = missing.map((key) => (key === 'action' ? '缺处理措施' : '缺记录人'));
  const words = [what?.zh, action, person, ...lacks].filter((word) => word !== undefined);
  return [time, name, zone, `${temperature ?? '–'} ℃`, normal, ...words].join('  ');
}
