import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import {
  Duration,
  EnvironmentName,
  Id,
  Phone,
  readYaml,
  throwMistakes,
  Url,
  YamlFile,
} from '../src/validation.ts';
import { Folder } from './harness/folder.ts';
import { brief, mistakesOf } from './harness/mistakes.ts';

const Shop = Type.Object(
  {
    name: Id(),
    open: Type.Boolean({ default: true }),
    goods: Type.Array(
      Type.Object(
        { id: Id(), price: Type.Number({ minimum: 0 }), keeps: Type.Optional(Duration()) },
        { additionalProperties: false },
      ),
      { default: [] },
    ),
    pay: Type.Optional(
      Type.Union([
        Type.Object({ kind: Type.Literal('cash') }, { additionalProperties: false }),
        Type.Object(
          { kind: Type.Literal('card'), number: Type.Integer({ minimum: 1 }) },
          { additionalProperties: false },
        ),
      ]),
    ),
  },
  { additionalProperties: false },
);

const shop = (text: string) => {
  const yaml = new YamlFile('shop.yaml', text);
  return { value: yaml.check(Shop), mistakes: yaml.mistakes };
};
const mistakesIn = (text: string) =>
  mistakesOf(() => throwMistakes(shop(text).mistakes)).map(brief);

test('a good file is its value with the defaults filled in', () => {
  expect(shop('name: corner\npay: {kind: card, number: 7}').value).toEqual({
    name: 'corner',
    open: true,
    goods: [],
    pay: { kind: 'card', number: 7 },
  });
});

describe('a mistake is pointed at', () => {
  test('where it stands, deep in a list too', () => {
    expect(
      mistakesIn(`# a shop
name: corner
goods:
  - id: tea
    price: 5
  - {id: rice, price: -1}
  - id: Milk
    keeps: long
`),
    ).toEqual([
      '6 goods[1].price: -1',
      '7 goods[2].price: nothing',
      '7 goods[2].id: "Milk"',
      '8 goods[2].keeps: "long"',
    ]);
  });

  test('at the nearest thing around it when it is missing', () => {
    expect(mistakesIn('\n\nopen: false\n')).toEqual(['1 name: nothing']);
  });

  test('in the branch that was meant, where there are several', () => {
    expect(mistakesIn('name: a\npay: {kind: card, number: none, colour: red}')).toEqual([
      '2 pay.colour: the unknown key "colour"',
      '2 pay.number: "none"',
    ]);
    expect(mistakesIn('name: a\npay: {kind: shells}')).toEqual(['2 pay: {"kind":"shells"}']);
    expect(mistakesIn('name: a\npay: gold')).toEqual(['2 pay: "gold"']);
  });

  test('by keys that look like parts of a path, too', () => {
    expect(mistakesIn('name: a\n"a/b~c": 1\n"": 2\n')).toEqual([
      '2 a/b~c: the unknown key "a/b~c"',
      '3 (file): the unknown key ""',
    ]);
  });

  test('once, however many rules it breaks', () => {
    expect(mistakesIn(`name: ${'X'.repeat(100)}`)).toHaveLength(1);
  });
});

test('what was found is shown, but not all of something long', () => {
  const [only] = mistakesIn(`name: ${'X'.repeat(100)}`);
  expect(only).toBe(`1 name: "${'X'.repeat(56)}…`);
});

test('all mistakes are named, be it hundreds', () => {
  const goods = Array.from({ length: 700 }, (_, i) => `  - {id: g${i}, price: free}`).join('\n');
  expect(mistakesIn(`name: a\ngoods:\n${goods}`)).toHaveLength(700);
});

test('they are sorted by file and line, in each language', () => {
  const allowed = { en: 'anything else', zh: '其他' };
  const found = { en: 'nothing', zh: '空' };
  const mistake = (file: string, line: number) => ({ file, line, path: 'x', found, allowed });
  const mistakes = [mistake('b.yaml', 2), { ...mistake('b.yaml', 1), path: '' }];
  expect(() => throwMistakes([...mistakes, mistake('a.yaml', 9)])).toThrow(
    expect.objectContaining({
      params: {
        count: 3,
        list: [
          'a.yaml:9: x: found nothing; allowed: anything else',
          'b.yaml:1: (file): found nothing; allowed: anything else',
          'b.yaml:2: x: found nothing; allowed: anything else',
        ].join('\n'),
        listZh: [
          'a.yaml:9: x：实际为 空；允许：其他',
          'b.yaml:1: 整个文件：实际为 空；允许：其他',
          'b.yaml:2: x：实际为 空；允许：其他',
        ].join('\n'),
      },
    }),
  );
  expect(() => throwMistakes([])).not.toThrow();
});

test('what was found is said in Chinese too', () => {
  const found = shop('pay: {kind: card, number: none, colour: red}').mistakes.map(
    (mistake) => mistake.found.zh,
  );
  expect(found).toEqual(['空（未填写）', '未知的键 "colour"', '"none"']);
});

describe('what is no YAML', () => {
  const found = (text: string) => shop(text).mistakes.map((mistake) => mistake.found);

  test.each([
    ['a: "x\n', '缺少引号、括号、逗号、冒号或空格'],
    ['a: 1\na: 2\n', '重复的键'],
    ['a:\n\tb: 1\n', '用制表符缩进'],
    ['a: b: c\n', '键的位置不对，或一行中有两个“: ”；含此的文字须加引号'],
    ['a: @x\n', '以保留字符开头的值；须加引号'],
    ['a: *x\n', '无法解析的别名（*）或锚点（&）；以此开头的文字须加引号'],
    ['a: 1\n---\nb: 1\n', '第二个文档（---）'],
  ])('is said in both languages: %j', (text, zh) => {
    expect(found(text)).toContainEqual({
      zh,
      en: expect.stringMatching(/^an? [^\p{Script=Han}]+$/u),
    });
  });

  test.each([
    'people: [{phone: x}]}13800000000',
    '- a\nkey: 13800000000\n',
    'key: |13800000000\n  x\n',
    'key: *13800000000\n',
    'key: !<13800000000> x\n',
    'key: "x"13800000000\n',
  ])('is not repeated, as it may be a secret: %j', (text) => {
    expect(found(text)).not.toEqual([]);
    expect(JSON.stringify(found(text))).not.toContain('138');
  });
});

describe('a secret', () => {
  const Caller = Type.Object({
    phone: Type.Optional(Phone()),
    keyEnv: Type.Optional(EnvironmentName()),
    hook: Type.Optional(Url()),
    keys: Type.Optional(Type.Record(Type.String(), EnvironmentName())),
    more: Type.Optional(Type.Array(Type.Object({ phone: Phone() }))),
  });
  const foundIn = (text: string) => {
    const yaml = new YamlFile('caller.yaml', text);
    yaml.check(Caller);
    return yaml.mistakes.map(({ path, found }) => `${path}: ${found.en} ${found.zh}`);
  };

  test('or what was meant for one is not shown, only what kind of value it is', () => {
    // without quotes a phone number is none: the mistake that is made most
    expect(foundIn('phone: 13800000000')).toEqual(['phone: a number (not shown) 数字（不显示）']);
    expect(foundIn('keyEnv: 5f4dcc3b')).toEqual(['keyEnv: a text (not shown) 文字（不显示）']);
    for (const text of ['hook: "htp://x?key=5f4dcc3b"', 'keys: {zhang: 5f4dcc3b}']) {
      expect(foundIn(text)).toEqual([expect.stringContaining(': a text (not shown)')]);
    }
  });

  test('is not shown within something either', () => {
    expect(foundIn('more: {phone: "13800000000"}')).toEqual([
      'more: a mapping (not shown) 映射（不显示）',
    ]);
    expect(foundIn('keyEnv: [5f4dcc3b]')).toEqual(['keyEnv: a list (not shown) 列表（不显示）']);
  });

  test('that is missing is said to be so', () => {
    expect(foundIn('more: [{}]')).toEqual(['more[0].phone: nothing 空（未填写）']);
    expect(foundIn('keyEnv:')).toEqual(['keyEnv: null null']);
  });
});

test('a file that can not be read is called so', () => {
  using folder = new Folder();
  for (const path of [folder.path, folder.file('missing.yaml')]) {
    expect(() => readYaml(path)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_UNREADABLE',
        params: expect.objectContaining({ file: path }),
      }),
    );
  }
});
