import { Temporal } from 'temporal-polyfill';
import type { Millis } from '../clock.ts';
import { amountOf, createIdentifiers, type Identifiers } from './epcis-identifiers.ts';
import type { MasterData, QuantityElement } from './epcis-shapes.ts';
import { fromThousandths, optionalText } from './statements.ts';
import { placeName, type TraceRules } from './trace-rules.ts';

type Row = Record<string, unknown>;

/** Where food is that was not put anywhere. */
const UNNAMED: Readonly<Record<string, string>> = { '': '收货处', kitchen: '厨房' };

/** Where events happen, and the names of what they speak of. */
export class Scene {
  readonly rules: TraceRules;
  readonly ids: Identifiers;
  readonly #named = {
    class: new Map<string, string>(),
    place: new Map<string, string>(),
    party: new Map<string, string>(),
  };

  constructor(rules: TraceRules) {
    this.rules = rules;
    this.ids = createIdentifiers(rules.canteen.identifiers, rules.campus);
  }

  /** What every event says of itself. */
  happened(what: string, time: Millis) {
    const instant = Temporal.Instant.fromEpochMilliseconds(time);
    return {
      eventID: this.ids.event(what),
      eventTime: instant.toString({ fractionalSecondDigits: 3 }),
      eventTimeZoneOffset: instant.toZonedDateTimeISO(this.rules.timezone).offset,
    };
  }

  at(place: string): { readPoint: { id: string }; bizLocation: { id: string } } {
    const id = this.ids.place(place);
    const known = placeName(this.rules, place);
    this.#named.place.set(id, known === place ? (UNNAMED[place] ?? place) : known);
    return { readPoint: { id }, bizLocation: { id } };
  }

  /** A row of `food_batch`, or one joined with it that says `batch`. */
  batch(row: Row): string {
    const id = this.ids.batch({
      id: String(row.batch ?? row.id),
      code: optionalText(row, 'code'),
      lot: optionalText(row, 'lot'),
    });
    this.#named.class.set(id, String(row.product));
    return id;
  }

  dish(id: string, name: string): string {
    const dish = this.ids.dish(id);
    this.#named.class.set(dish, name);
    return dish;
  }

  party(id: string, name: string): string {
    const party = this.ids.party(id);
    this.#named.party.set(party, name);
    return party;
  }

  amount(row: Row): QuantityElement {
    const quantity = fromThousandths(Number(row.quantity));
    return amountOf(this.batch(row), quantity, String(row.unit));
  }

  /** Master data by the CBV's types of vocabularies. */
  vocabulary(): MasterData[] {
    const list = (type: string, names: Map<string, string>): MasterData => ({
      type: `urn:epcglobal:epcis:vtype:${type}`,
      vocabularyElementList: [...names].map(([id, name]) => ({
        id,
        attributes: [
          {
            id: `urn:epcglobal:cbv:mda#${type === 'EPCClass' ? 'descriptionShort' : 'name'}`,
            attribute: name,
          },
        ],
      })),
    });
    const { class: classes, place, party } = this.#named;
    return [
      list('EPCClass', classes),
      list('BusinessLocation', place),
      list('SourceDest', party),
    ].filter(({ vocabularyElementList }) => vocabularyElementList.length > 0);
  }
}
