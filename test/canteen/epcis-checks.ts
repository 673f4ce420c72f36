import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';

type Node = Record<string, unknown>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;
const nodes = (value: unknown): Node[] => (Array.isArray(value) ? value.filter(isNode) : []);

/** The official schema (EPCIS-JSON-Schema.json of gs1/EPCIS), where the machine has it. */
export const OFFICIAL_SCHEMA = process.env.EPCIS_JSON_SCHEMA;

/** What the official schema finds wrong with a document. */
export function officialMistakes(document: unknown): unknown[] {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const check = ajv.compile(JSON.parse(readFileSync(OFFICIAL_SCHEMA ?? '', 'utf8')));
  return check(document) ? [] : [...(check.errors ?? [])];
}

const URI = /^[a-z][a-z0-9+.-]*:[^\s<>"{}|\\^`]+$/i;
const STEPS = ['receiving', 'storing', 'sensor_reporting', 'sampling', 'holding', 'destroying'];

/** What EPCIS 2.0 asks of a document (sections 7.3, 7.4 and 10), as far as the canteen uses it. */
export function structuralMistakes(document: Node): string[] {
  const mistakes: string[] = [];
  const must = (isRight: boolean, what: string) => {
    if (!isRight) mistakes.push(what);
  };
  must(document.type === 'EPCISDocument', 'type');
  must(document.schemaVersion === '2.0', 'schemaVersion');
  must(Array.isArray(document['@context']), '@context');
  const body = isNode(document.epcisBody) ? document.epcisBody : {};
  for (const event of nodes(body.eventList)) {
    const here = `${event.type} ${event.bizStep}`;
    must(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(String(event.eventTime)), `${here}: eventTime`);
    must(/^[+-]\d\d:\d\d$/.test(String(event.eventTimeZoneOffset)), `${here}: offset`);
    must(URI.test(String(event.eventID)), `${here}: eventID`);
    if (event.type === 'ObjectEvent') checkObject(event, here, must);
    else checkTransformation(event, here, must);
    for (const place of [event.readPoint, event.bizLocation].filter(isNode)) {
      must(URI.test(String(place.id)), `${here}: place`);
    }
    const amounts = ['quantityList', 'inputQuantityList', 'outputQuantityList'];
    for (const amount of amounts.flatMap((name) => nodes(event[name]))) {
      must(URI.test(String(amount.epcClass)), `${here}: epcClass`);
      must(amount.uom === undefined || /^[A-Z0-9]{2,3}$/.test(String(amount.uom)), `${here}: uom`);
    }
    for (const element of nodes(event.sensorElementList)) checkSensor(element, here, must);
  }
  return mistakes;
}

type Must = (isRight: boolean, what: string) => void;

function checkObject(event: Node, here: string, must: Must): void {
  must(['ADD', 'OBSERVE', 'DELETE'].includes(String(event.action)), `${here}: action`);
  must(STEPS.includes(String(event.bizStep)), `${here}: bizStep`);
  const sensed = nodes(event.sensorElementList).length > 0 && isNode(event.readPoint);
  must(nodes(event.quantityList).length > 0 || sensed, `${here}: about nothing`);
  must(event.ilmd === undefined || event.action === 'ADD', `${here}: ilmd`);
}

function checkTransformation(event: Node, here: string, must: Must): void {
  must(event.type === 'TransformationEvent', `${here}: type`);
  must(event.action === undefined, `${here}: action`);
  must(nodes(event.inputQuantityList).length > 0, `${here}: inputs`);
  must(nodes(event.outputQuantityList).length > 0, `${here}: outputs`);
}

function checkSensor({ sensorMetadata, sensorReport }: Node, here: string, must: Must): void {
  must(isNode(sensorMetadata) && URI.test(String(sensorMetadata.deviceID)), `${here}: deviceID`);
  must(nodes(sensorReport).length > 0, `${here}: sensorReport`);
  for (const report of nodes(sensorReport)) {
    must(report.type === 'Temperature' && report.uom === 'CEL', `${here}: measurement`);
    must(Number(report.minValue) <= Number(report.maxValue), `${here}: extremes`);
  }
}
