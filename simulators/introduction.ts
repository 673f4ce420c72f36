import type { Campus, Configuration } from '../src/campus/model.ts';
import { addDays, dayType, localMoment } from '../src/campus/school-days.ts';
import { noteError, print } from '../src/cli/print.ts';
import { systemClock } from '../src/clock.ts';
import type { Gateway } from '../src/gateway.ts';
import { type FaultName, faultInfo } from './faults.ts';
import type { SchoolPast } from './past.ts';

/** What the canteen's commands have to know. */
const SCHOOL = '--config campus.example.yaml';

interface Where {
  phone: string;
  data: string;
  /** Only of the example school there is a past to look at, and a scenario. */
  isExample: boolean;
}

/** Says in plain words what runs where, which page to open, and what to look at. */
export function introduce(gateway: Gateway, { phone, data, isExample }: Where): void {
  const { http, mqtt } = gateway.urls;
  const { devices, campuses } = gateway.core.configuration;
  const [campus] = campuses.values();
  const names = [...campuses.values()].map(({ name }) => name).join('、');
  print(`
校园网关演示 Campus Gateway, the demonstration: ${names}

  请打开 open this page      ${phone}   值班手机 the duty phone
  网关 gateway               ${http}   设备、报警、接口文档 devices, alarms, API
  MQTT                       ${mqtt}   ${devices.size} 台模拟设备 simulated devices
  数据 data                  ${data}

${isExample ? FIRST_ALARM : ''}${faultsOnRequest(gateway.core.configuration, data)}${isExample && campus ? tour(campus, http, data) : ''}按 Ctrl-C 停止 Ctrl-C stops everything.
`);
}

/** What the scenario of the example school begins with. */
const FIRST_ALARM = `约 20 秒后锅炉房烟感报警，手机会响；在手机上点「确认」。
In about 20 s smoke rises in the boiler room and the phone rings; tap 确认 to acknowledge.
`;

/** Tried in this order; each so that it soon shows. */
const OFFERED: readonly { fault: FaultName; options: string }[] = [
  { fault: 'smoke', options: '--for 3m' },
  { fault: 'freezer_failure', options: '--for 30m --rate 60' },
  { fault: 'burst_pipe', options: '--for 10m' },
  { fault: 'silent', options: '--for 10m' },
];

/** How to cause a fault, with the first device of this school that can have one. */
function faultsOnRequest({ devices, campuses }: Configuration, data: string): string {
  const all = [...devices.values()];
  for (const { fault, options } of OFFERED) {
    const device = all.find(faultInfo(fault).fits);
    if (!device) continue;
    const name = campuses.size > 1 ? device.key : device.id;
    const command = 'npm run -s fault';
    return `制造故障 cause a fault      ${command} -- ${fault} ${name} ${options}${where(data)}
全部故障 all faults there are  ${command}${data === 'data' ? '' : ` --${where(data)}`}
`;
  }
  return '';
}

/** The option that names the data folder, where it is not the usual one. */
const where = (data: string): string => (data === 'data' ? '' : ` --data ${data}`);

/** What the past of the example school has to show. */
function tour(campus: Campus, http: string, data: string): string {
  const { day: today } = localMoment(systemClock.now(), campus.timezone);
  const yesterday = addDays(today, -1);
  let lunch = yesterday;
  while (dayType(campus.calendar, lunch) !== 'school') lunch = addDays(lunch, -1);
  const command = (words: string) => `npm run -s gateway -- ${words}${where(data)}`;
  return `
历史在后台补写（约一分钟内），写完会提示；之后在另一个窗口试试：
The past is written in the background, within a minute or so; then try, in another window:
  水电同比 against last year     ${command('target electricity')}
                                 ${command('target water')}
    含宿舍漏水 with a leak in it  ${http}/api/v1/energy/target/water
  夜间漏水 a leak at night       ${command(`consumption --device water-dormitory-3 --from ${yesterday} --by hour`)}
    可在手机页「制造故障」里结束 end it on the phone's page
  一餐溯源 trace a lunch         ${command(`trace meal ${lunch} lunch ${SCHOOL}`)}
  溯源率 rate of traceability    ${command(`target traceability --from ${addDays(today, -30)} --to ${today} ${SCHOOL}`)}

`;
}

/** Says when the first reading is stored. */
export async function announceFirstReading(gateway: Gateway): Promise<void> {
  const { counters } = gateway.core.pipeline;
  while (counters.readings === 0) await new Promise((resolve) => setTimeout(resolve, 20).unref());
  print(`首条读数已保存 first reading stored: ${process.uptime().toFixed(1)} s`);
}

/** Says when the history is there. */
export async function tellPast(past: SchoolPast): Promise<void> {
  try {
    const { readings, records } = await past.tell();
    if (readings + records === 0) return;
    const seconds = process.uptime().toFixed(0);
    print(
      `历史已补齐 the past is there: ${readings} 条读数 readings, ${records} 条食堂记录 canteen records, ${seconds} s`,
    );
  } catch (error) {
    noteError(error);
  }
}
