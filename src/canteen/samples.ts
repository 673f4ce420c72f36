import { localMoment } from '../campus/school-days.ts';
import type { Millis } from '../clock.ts';
import { CodedError } from '../errors.ts';
import { type Act, type Books, need, needCampus, record } from './books.ts';
import { MEAL_NAMES, type SampleRecord, toDish, toSample } from './kitchen-rows.ts';
import type { Body } from './projection.ts';

/**
 * Records a sample. Throws SAMPLE_TOO_SMALL (canteen.sampleGrams, 125 g at least), PLACE_UNKNOWN where
 * the place is no cold unit, or RECORD_UNKNOWN.
 */
export function takeSample(books: Books, act: Act, body: Body<'sample-taken'>): SampleRecord {
  record(books, 'sample-taken', act.id, act, body, () => {
    const minimum = needCampus(books, act.campus).canteen.sampleGrams;
    if (body.grams < minimum) {
      throw new CodedError('SAMPLE_TOO_SMALL', { grams: body.grams, minimum });
    }
    const dish = need(books, 'dish', act.campus, body.dish);
    if (dish.cancelled === 1) {
      throw new CodedError('RECORD_UNKNOWN', { what: 'dish', whatZh: '菜品', id: body.dish });
    }
    const fridge = books.configuration().devices.get(`${act.campus}/${body.place}`);
    if (fridge?.profile.kind !== 'cold_storage') {
      throw new CodedError('PLACE_UNKNOWN', { place: body.place });
    }
  });
  return readSample(books, act.campus, act.id);
}

/**
 * Records that a sample was destroyed. Before its 48 hours are over only with a reason: what happened
 * must not be hidden (食品安全法 art. 103), and shows as destroyed early. Throws SAMPLE_TOO_EARLY,
 * RECORD_DONE or RECORD_UNKNOWN.
 */
export function disposeSample(books: Books, act: Act, sample: string): SampleRecord {
  record(books, 'sample-disposed', sample, act, {}, (at) => {
    const { disposed, disposedBy, keepUntil } = readSample(books, act.campus, sample);
    if (disposed !== undefined) {
      const time = new Date(disposed).toISOString();
      throw new CodedError('RECORD_DONE', { person: disposedBy ?? '', time });
    }
    if (at < keepUntil && act.reason === undefined) {
      throw new CodedError('SAMPLE_TOO_EARLY', { until: new Date(keepUntil).toISOString() });
    }
  });
  return readSample(books, act.campus, sample);
}

/** Throws RECORD_UNKNOWN. */
export function readSample(books: Books, campus: string, id: string): SampleRecord {
  return toSample(need(books, 'food_sample', campus, id));
}

/** What is printed and stuck onto the box. */
export function sampleLabel(books: Books, campus: string, id: string): string {
  const sample = readSample(books, campus, id);
  const dish = toDish(need(books, 'dish', campus, sample.dish));
  const say = (time: Millis) => {
    const local = localMoment(time, books.timezone(campus));
    return `${local.day} ${local.time}`;
  };
  return [
    '食品留样 Food sample',
    `菜品 dish：${dish.name}`,
    `餐次 meal：${dish.day} ${MEAL_NAMES[dish.meal].zh}`,
    `重量 weight：${sample.grams} g`,
    `留样时间 taken：${say(sample.taken)}`,
    `留样人 by：${sample.person}`,
    `保存至 keep until：${say(sample.keepUntil)}（0–8 ℃）`,
    `编号 id：${sample.id}`,
    '',
  ].join('\n');
}
