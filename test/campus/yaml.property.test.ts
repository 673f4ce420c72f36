import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { loadConfiguration } from '../../src/campus/load.ts';
import { loadProfiles } from '../../src/campus/profile.ts';
import { CodedError } from '../../src/errors.ts';
import { Folder } from '../harness/folder.ts';
import { realProfiles } from '../harness/profiles.ts';

/** What loading throws must be one of the catalogue’s errors. */
function isCoded(load: () => unknown): void {
  try {
    load();
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    expect(['CONFIG_INVALID', 'CONFIG_UNREADABLE']).toContain(error.code);
  }
}

function loadAs(name: 'campus' | 'profile', text: string): void {
  using folder = new Folder();
  const file = folder.write('file.yaml', text);
  if (name === 'campus') isCoded(() => loadConfiguration(file, realProfiles));
  else isCoded(() => loadProfiles(folder.path));
}

const KEYS = [
  ...['campus', 'id', 'name', 'zones', 'parent', 'devices', 'profile', 'rules', 'people', 'phone'],
  ...['roster', 'shifts', 'days', 'from', 'to', 'notify', 'webhook', 'bridges', 'topic', 'kind'],
  ...['metrics', 'format', 'fields', 'metric', 'examples', 'interval', 'silence', 'type'],
  ...['__proto__', 'constructor', 'toString', '<<', ''],
];
const key = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...KEYS) }, fc.string());
const scalar = fc.oneof(
  fc.constantFrom(
    'qingcheng',
    'generic/freezer',
    'json',
    'zigbee2mqtt',
    '1m',
    '07:00',
    'threshold',
  ),
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof({ maxDepth: 4, depthSize: 'small' }, scalar, tie('list'), tie('map')),
  list: fc.array(tie('tree'), { maxLength: 4 }),
  map: fc.dictionary(key, tie('tree'), { maxKeys: 5 }),
}));
const which = fc.constantFrom('campus' as const, 'profile' as const);

test('whatever tree stands in the file, the mistake is one of the catalogue', () => {
  fc.assert(
    fc.property(which, fc.dictionary(key, tree, { maxKeys: 6 }), (name, value) => {
      loadAs(name, stringify(value));
    }),
    { numRuns: 150 },
  );
});

test('whatever text stands in the file', () => {
  const piece = fc.oneof(
    fc.constantFrom(...KEYS, ': ', ':\n  ', '- ', '\n', '{', '}', '[', ']', ', ', '&a ', '*a', '"'),
    fc.constantFrom(
      '!!set ',
      '!tag ',
      '!!binary ',
      '|\n',
      '>\n',
      '---\n',
      '? ',
      '%YAML 1.1\n',
      '#',
    ),
    fc.string({ unit: 'binary', maxLength: 5 }),
  );
  const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
  fc.assert(fc.property(which, text, loadAs), { numRuns: 300 });
});

test('a good file with one part of it replaced', () => {
  const good = {
    campus: { id: 'q', name: '青城' },
    zones: [
      { id: 'a', name: '甲' },
      { id: 'b', name: '乙', parent: 'a' },
    ],
    devices: [{ id: 'freezer', profile: 'generic/freezer', rules: { 'too-warm': { high: 1 } } }],
    people: [{ id: 'zhang', name: '张伟' }],
    roster: { shifts: [{ person: 'zhang', from: '07:00', to: '08:00' }] },
    notify: { webhook: { url: 'http://x/' } },
  };
  const paths = ['campus', 'zones', 'devices', 'people', 'roster', 'notify'] as const;
  fc.assert(
    fc.property(fc.constantFrom(...paths), tree, fc.boolean(), (path, value, isInner) => {
      const part: unknown = good[path];
      const inner = Array.isArray(part) ? [value, ...part] : { ...good[path], extra: value };
      loadAs('campus', stringify({ ...good, [path]: isInner ? inner : value }));
    }),
    { numRuns: 150 },
  );
});

test.each([
  ['an anchor that holds itself', 'campus: &a {id: *a, name: [*a]}'],
  [
    'a bomb of aliases',
    `a: &a [${'1,'.repeat(50)}]\nb: &b [${'*a,'.repeat(50)}]\nc: [${'*b,'.repeat(50)}]`,
  ],
  ['a nest', `campus: ${'['.repeat(5000)}${']'.repeat(5000)}`],
  ['a nest without an end', '{a: '.repeat(5000)],
  ['bytes', '\0\ufffe\u{10ffff}'],
])('%s does no harm', (_what, text) => {
  for (const name of ['campus', 'profile'] as const) loadAs(name, text);
});
