import { type Gate, openGate } from '../http/gate.ts';

const CANTEEN = `
campus: {id: qingcheng, name: 青城小学}
zones:
  - {id: canteen, name: 食堂}
  - {id: dry-store, name: 主食库, parent: canteen}
people: [{id: zhang, name: 张伟}]
notify: {webhook: {url: "http://phone.invalid/"}}
calendar: {terms: [{name: 第一学期, from: 2026-09-01, to: 2027-01-22}]}
devices:
  - {id: freezer, name: 一号冷冻柜, profile: generic/freezer, zone: canteen}
  - {id: fridge, name: 肉类冷藏柜, profile: generic/fridge, zone: canteen}
  - {id: sample-fridge, name: 留样柜, profile: generic/sample-fridge, zone: canteen}
  - {id: meter, name: 总电表, profile: generic/electricity-meter}
`;

const API = '/api/v1/canteen';

/** The smallest JPEG that a gateway takes for one. */
export const PHOTO = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);

/**
 * An answer of the API, whatever its status: what it is like is what these tests are about, so the
 * keys that they look into are taken as documented.
 */
export interface Answer {
  [key: string]: unknown;
  hash: string;
  version: number;
  missing: { what: string; text: { zh: string; en: string } }[];
  findings: { what: string }[];
  batches: { id: string; missing: { what: string }[]; stays: object[] }[];
  suppliers: { id: string }[];
  dishes: {
    id: string;
    findings: { what: string }[];
    samples: { findings: { what: string }[] }[];
  }[];
  entries: object[];
  mistakes: object[];
}

const PORK = {
  ...{ product: '冷鲜猪后腿肉', specification: '散装', category: 'pork', unit: 'kg', quantity: 40 },
  ...{ produced: '2026-11-22', lot: '20261122A', expires: '2026-11-25', supplier: 'shuanghui' },
  ...{ temperature: 3.2, sensory: { ok: true }, signedBy: '李梅', place: 'fridge' },
};

/** A school's canteen: people write into its ledgers by the API, on a clock that the test moves. */
export class Kitchen implements AsyncDisposable {
  readonly gate: Gate;

  constructor(gate: Gate) {
    this.gate = gate;
  }

  /** What people send; the answer whatever its status. */
  async send(method: string, path: string, body: object): Promise<Answer> {
    const response = await fetch(`${this.gate.url}${API}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ campus: 'qingcheng', person: '李梅', ...body }),
    });
    return JSON.parse(await response.text());
  }

  post(path: string, body: object = {}): Promise<Answer> {
    return this.send('POST', path, body);
  }

  async get(path: string): Promise<Answer> {
    const url = new URL(`${this.gate.url}${API}${path}`);
    if (!url.searchParams.has('campus')) url.searchParams.set('campus', 'qingcheng');
    return JSON.parse(await (await fetch(url)).text());
  }

  async upload(content: Buffer, query = '', type = 'image/jpeg'): Promise<Answer> {
    const response = await fetch(`${this.gate.url}${API}/files${query}`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: new Uint8Array(content),
    });
    return { status: response.status, ...JSON.parse(await response.text()) };
  }

  /** A supplier with a licence for the year. */
  supplier(id = 'shuanghui', changes: object = {}): Promise<Answer> {
    return this.send('PUT', `/suppliers/${id}`, {
      ...{ name: '双汇冷鲜肉', address: '青城路 8 号', phone: '0532-8888 0000' },
      licences: [{ number: 'JY13702000001', from: '2026-01-01', to: '2026-12-31' }],
      ...changes,
    });
  }

  /** The two certificates that pork needs. */
  async porkPapers(): Promise<{ kind: string; file: string }[]> {
    const { hash } = await this.upload(PHOTO);
    return [
      { kind: 'quarantine', file: hash },
      { kind: 'meat-inspection', file: hash },
    ];
  }

  /** A delivery of pork that lacks nothing. */
  async pork(id: string, changes: object = {}): Promise<Answer> {
    const papers = await this.porkPapers();
    return this.post('/batches', { id, ...PORK, papers, ...changes });
  }

  dish(id: string, changes: object = {}): Promise<Answer> {
    const day = new Date(this.gate.clock.now() + 8 * 3_600_000).toISOString().slice(0, 10);
    const classes = ['三年级一班', '三年级二班'];
    return this.post('/dishes', { id, day, meal: 'lunch', name: '红烧肉', classes, ...changes });
  }

  use(batch: string, dish: string, quantity: number, changes: object = {}): Promise<Answer> {
    return this.post('/uses', { batch, dish, quantity, ...changes });
  }

  /** Time passes while a unit reports each minute; `temperature` may follow the minutes. */
  async passes(
    minutes: number,
    units: Record<string, (minute: number) => number | undefined>,
  ): Promise<void> {
    const { clock } = this.gate;
    for (let minute = 0; minute < minutes; minute++) {
      for (const [unit, temperature] of Object.entries(units)) {
        const value = temperature(minute);
        if (value !== undefined) await this.gate.report(unit, { temperature: value });
      }
      clock.moveTo(clock.now() + 60_000);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.gate[Symbol.asyncDispose]();
  }
}

/** Opens a canteen at half past eight on a Monday morning, with a section beside or instead of another. */
export async function openKitchen(section = '', instead = ''): Promise<Kitchen> {
  return new Kitchen(await openGate({ school: `${CANTEEN.replace(instead, '')}${section}` }));
}

/** The stable names of what is missing or found. */
export const whats = (list: { what: string }[]): string[] => list.map(({ what }) => what);
