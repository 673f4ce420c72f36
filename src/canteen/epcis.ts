import type { DatabaseSync } from 'node:sqlite';
import { requestInvalid } from '../http/validator.ts';
import { amountOf } from './epcis-identifiers.ts';
import { Scene } from './epcis-scene.ts';
import { sensorEvents } from './epcis-sensors.ts';
import { CONTEXT, type EpcisDocument, type EpcisEvent } from './epcis-shapes.ts';
import type { LedgerRange } from './ledger-columns.ts';
import { optionalNumber, optionalText } from './statements.ts';
import type { TraceRules } from './trace-rules.ts';

/** One document is taken at once by whoever gets it. */
const MOST_EVENTS = 20_000;

/**
 * What happened to food in a time, as EPCIS 2.0 events: receiving, storing with the temperatures of
 * the units, transforming, sampling, recall and destruction; as it is known now, corrections included.
 * Throws REQUEST_INVALID where it is too much for one document.
 */
export function epcisDocument(
  connection: DatabaseSync,
  rules: TraceRules,
  range: LedgerRange,
): EpcisDocument {
  const scene = new Scene(rules);
  const events = [
    ...received(connection, scene, range),
    ...moved(connection, scene, range),
    ...transformed(connection, scene, range),
    ...destroyed(connection, scene, range),
    ...sampled(connection, scene, range),
    ...recalled(connection, scene, range),
    ...sensorEvents(connection, scene, range),
  ];
  if (events.length > MOST_EVENTS) {
    const allowed = {
      en: `at most ${MOST_EVENTS} events: a shorter time`,
      zh: `最多 ${MOST_EVENTS} 个事件，请缩短时间`,
    };
    const found = { en: `${events.length} events`, zh: `${events.length} 个事件` };
    throw requestInvalid('query.to', found, allowed);
  }
  events.sort((a, b) => (a.eventTime < b.eventTime ? -1 : a.eventTime > b.eventTime ? 1 : 0));
  return {
    '@context': [CONTEXT],
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: new Date(rules.now).toISOString(),
    epcisHeader: { epcisMasterData: { vocabularyList: scene.vocabulary() } },
    epcisBody: { eventList: events },
  };
}

function received(connection: DatabaseSync, scene: Scene, { from, to }: LedgerRange): EpcisEvent[] {
  const rows = connection
    .prepare(
      `SELECT b.*, s.name AS supplier_name FROM food_batch b
       LEFT JOIN supplier s ON s.campus = b.campus AND s.id = b.supplier
       WHERE b.campus = ? AND b.received >= ? AND b.received < ?`,
    )
    .all(scene.rules.campus, from, to);
  return rows.map((row): EpcisEvent => {
    const supplier = optionalText(row, 'supplier');
    const source = supplier && scene.party(supplier, String(row.supplier_name ?? supplier));
    return {
      type: 'ObjectEvent',
      ...scene.happened(`received/${row.id}/${row.version}`, Number(row.received)),
      action: 'ADD',
      bizStep: 'receiving',
      disposition: row.sensory_ok === 0 ? 'non_conformant' : 'in_progress',
      ...scene.at(String(row.place)),
      quantityList: [scene.amount(row)],
      ...(source ? { sourceList: [{ type: 'owning_party', source }] } : {}),
      ilmd: {
        'cbvmda:lotNumber': optionalText(row, 'lot') ?? String(row.id),
        ...dated('cbvmda:itemExpirationDate', row.expires),
        ...dated('gs1:productionDate', row.produced),
      },
    };
  });
}

const dated = (name: string, day: unknown): Record<string, string> =>
  day === null ? {} : { [name]: String(day) };

const MOVEMENTS = `SELECT m.*, b.product, b.unit, b.code, b.lot FROM stock_movement m
  JOIN food_batch b ON b.campus = m.campus AND b.id = m.batch
  WHERE m.campus = ? AND m.kind = ? AND m.reversed = 0 AND m.time >= ? AND m.time < ?
  ORDER BY m.time, m.number`;

function moved(connection: DatabaseSync, scene: Scene, { from, to }: LedgerRange): EpcisEvent[] {
  const rows = connection.prepare(MOVEMENTS).all(scene.rules.campus, 'moved', from, to);
  return rows.map((row) => ({
    type: 'ObjectEvent',
    ...scene.happened(`moved/${row.id}`, Number(row.time)),
    action: 'OBSERVE',
    bizStep: 'storing',
    disposition: 'in_progress',
    ...scene.at(String(row.destination)),
    quantityList: [scene.amount(row)],
  }));
}

function destroyed(
  connection: DatabaseSync,
  scene: Scene,
  { from, to }: LedgerRange,
): EpcisEvent[] {
  const rows = connection.prepare(MOVEMENTS).all(scene.rules.campus, 'thrown', from, to);
  return rows.map((row) => {
    const origin = optionalText(row, 'origin');
    return {
      type: 'ObjectEvent',
      ...scene.happened(`thrown/${row.id}`, Number(row.time)),
      action: 'DELETE',
      bizStep: 'destroying',
      disposition: 'destroyed',
      // else nobody wrote down where it lay
      ...(origin === undefined ? {} : { readPoint: scene.at(origin).readPoint }),
      quantityList: [scene.amount(row)],
    };
  });
}

/** Each dish once, at the time when the last of its ingredients went into it. */
function transformed(
  connection: DatabaseSync,
  scene: Scene,
  { from, to }: LedgerRange,
): EpcisEvent[] {
  const uses = connection.prepare(MOVEMENTS).all(scene.rules.campus, 'used', from, to);
  const ofDish = connection.prepare('SELECT * FROM dish WHERE campus = ? AND id = ?');
  return [...Map.groupBy(uses, ({ dish }) => String(dish))].flatMap(([id, rows]): EpcisEvent[] => {
    const dish = ofDish.get(scene.rules.campus, id);
    if (!dish) return [];
    const numbers = rows.map(({ id: use }) => use).join('/');
    return [
      {
        type: 'TransformationEvent',
        ...scene.happened(`used/${numbers}`, Number(rows.at(-1)?.time)),
        transformationID: scene.ids.transformation(id),
        bizStep: 'creating_class_instance',
        disposition: 'in_progress',
        readPoint: scene.at('kitchen').readPoint,
        inputQuantityList: rows.map((row) => scene.amount(row)),
        outputQuantityList: [{ epcClass: scene.dish(id, String(dish.name)) }],
      },
    ];
  });
}

function sampled(connection: DatabaseSync, scene: Scene, { from, to }: LedgerRange): EpcisEvent[] {
  const rows = connection
    .prepare(
      `SELECT s.*, d.name FROM food_sample s JOIN dish d ON d.campus = s.campus AND d.id = s.dish
       WHERE s.campus = ? AND s.taken >= ? AND s.taken < ?`,
    )
    .all(scene.rules.campus, from, to);
  return rows.map((row) => ({
    type: 'ObjectEvent',
    ...scene.happened(`sampled/${row.id}`, Number(row.taken)),
    action: 'OBSERVE',
    bizStep: 'sampling',
    ...scene.at(String(row.place)),
    quantityList: [
      amountOf(scene.dish(String(row.dish), String(row.name)), Number(row.grams), 'g'),
    ],
  }));
}

function recalled(connection: DatabaseSync, scene: Scene, { from, to }: LedgerRange): EpcisEvent[] {
  const rows = connection
    .prepare(
      `SELECT r.id AS recall, r.time, b.* FROM food_recall r
       JOIN food_batch b ON b.campus = r.campus AND b.recall = r.id
       WHERE r.campus = ? AND r.time >= ? AND r.time < ? ORDER BY r.time, b.id`,
    )
    .all(scene.rules.campus, from, to);
  return [...Map.groupBy(rows, ({ recall }) => String(recall))].map(([id, batches]) => ({
    type: 'ObjectEvent',
    ...scene.happened(`recalled/${id}`, optionalNumber(batches[0] ?? {}, 'time') ?? 0),
    action: 'OBSERVE',
    bizStep: 'holding',
    disposition: 'recalled',
    quantityList: batches.map((row) => ({ epcClass: scene.batch(row) })),
  }));
}
