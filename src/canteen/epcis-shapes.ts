// GS1 EPCIS 2.0 (ISO/IEC 19987) in JSON-LD, as far as the canteen speaks it. The terms of business
// steps and dispositions are those of the Core Business Vocabulary 2.0 (ISO/IEC 19988).

export interface QuantityElement {
  epcClass: string;
  quantity?: number;
  /** UN/ECE Recommendation 20; absent: pieces. */
  uom?: string;
}

export interface SensorElement {
  sensorMetadata: { deviceID: string; startTime: string; endTime: string };
  sensorReport: {
    type: 'Temperature';
    minValue: number;
    maxValue: number;
    meanValue: number;
    uom: 'CEL';
    exception?: 'ALARM_CONDITION';
  }[];
}

interface EventBase {
  eventID: string;
  eventTime: string;
  /** Of the place, such as +08:00. */
  eventTimeZoneOffset: string;
  bizStep: string;
  disposition?: string;
  readPoint?: { id: string };
  bizLocation?: { id: string };
}

export interface ObjectEvent extends EventBase {
  type: 'ObjectEvent';
  action: 'ADD' | 'OBSERVE' | 'DELETE';
  epcList?: string[];
  quantityList?: QuantityElement[];
  sourceList?: { type: 'owning_party'; source: string }[];
  sensorElementList?: SensorElement[];
  /** Only with ADD. */
  ilmd?: Record<string, string>;
}

export interface TransformationEvent extends EventBase {
  type: 'TransformationEvent';
  transformationID: string;
  inputQuantityList: QuantityElement[];
  outputQuantityList: QuantityElement[];
}

export type EpcisEvent = ObjectEvent | TransformationEvent;

/** What an identifier means, for people. */
export interface MasterData {
  type: string;
  vocabularyElementList: { id: string; attributes: { id: string; attribute: string }[] }[];
}

export interface EpcisDocument {
  '@context': string[];
  type: 'EPCISDocument';
  schemaVersion: '2.0';
  creationDate: string;
  epcisHeader: { epcisMasterData: { vocabularyList: MasterData[] } };
  epcisBody: { eventList: EpcisEvent[] };
}

export const CONTEXT = 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld';
