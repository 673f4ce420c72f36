import { Temporal } from 'temporal-polyfill';
import type { Gateway } from '../src/gateway.ts';
import { campusModel } from './physics/campus-model.ts';
import { EPOCH } from './physics/school-time.ts';
import { EXCHANGED, exchangedAt, type Story } from './story.ts';

export type RunningGateway = Pick<Gateway, 'core' | 'urls'>;

/** Examples: yuan per kWh and per m³. */
const ELECTRICITY_PRICE = 0.62;
const WATER_PRICE = 4.1;
const PERSON = '王秀英';

/** Declares, once, that a meter was exchanged in spring: by the API, as people do. */
export async function declareExchange(
  { core, urls }: RunningGateway,
  story: Story,
  seed: number,
): Promise<void> {
  const { configuration, catalogue, registers } = core;
  const [campus] = configuration.campuses.values();
  const state = catalogue.devices.get(`${campus?.id}/${EXCHANGED}`);
  const series = state?.series.get('energy');
  if (!state || !series || registers.store.replacements(series.id).length > 0) return;
  const at = exchangedAt(story, state.device.campus.timezone);
  const model = campusModel(configuration, seed, () => []);
  await post(`${urls.http}/api/v1/energy/replacements`, 'application/json', {
    device: state.device.key,
    at: new Date(at).toISOString().replace('.000', ''),
    oldFinal: model.value(state.device, 'energy', at),
    newInitial: 0.35,
    newSerial: 'DDS-0411-0117',
  });
}

/** Imports, once, the bills of the months before the meters were read: a year ago there were no others. */
export async function importBills(
  { core, urls }: RunningGateway,
  story: Story,
  seed: number,
): Promise<void> {
  const { configuration } = core;
  const [campus] = configuration.campuses.values();
  const electricity = configuration.devices.get(`${campus?.id}/electricity-main`);
  const water = configuration.devices.get(`${campus?.id}/water-main`);
  if (!campus || !electricity || !water) return;
  const bills = `${urls.http}/api/v1/energy/bills`;
  const known = await fetch(`${bills}?campus=${campus.id}&utility=electricity`);
  if (/"id"/.test(await known.text())) return;

  const model = campusModel(configuration, seed, () => []);
  const lines = ['月份,电量(kWh),电费(元),水量(m³),水费(元)'];
  const until = Temporal.Instant.fromEpochMilliseconds(story.from);
  const end = until.toZonedDateTimeISO(campus.timezone);
  for (let month = end.with({ month: 1 }); month.epochMilliseconds < story.from; ) {
    const next = month.add({ months: 1 });
    const ends = [Math.max(EPOCH, month.epochMilliseconds), next.epochMilliseconds] as const;
    const [kwh = 0, m3 = 0] = [electricity, water].map((device) => {
      const metric = device === water ? 'volume' : 'energy';
      const [first, last] = ends.map((at) => Number(model.value(device, metric, at)));
      return Math.round((last ?? 0) - (first ?? 0));
    });
    const cost = (amount: number, price: number) => (amount * price).toFixed(2);
    const label = month.toPlainDate().toString().slice(0, 7);
    lines.push([label, kwh, cost(kwh, ELECTRICITY_PRICE), m3, cost(m3, WATER_PRICE)].join(','));
    month = next;
  }
  if (lines.length === 1) return;
  for (const utility of ['electricity', 'water']) {
    const query = new URLSearchParams({
      campus: campus.id,
      utility,
      person: PERSON,
      file: '上年水电账单（示例）.csv',
    });
    await post(`${bills}?${query}`, 'text/csv', lines.join('\n'));
  }
}

async function post(url: string, type: string, body: string | object): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
}
