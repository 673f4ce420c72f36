import type { ErrorCode } from 'yaml';
import type { Text } from './errors.ts';

const ALIAS: Text = {
  en: 'an alias (*) or anchor (&) that cannot be followed; a text that begins so needs quotes',
  zh: '无法解析的别名（*）或锚点（&）；以此开头的文字须加引号',
};
const TAG: Text = {
  en: 'a tag (!) that is not known; a text that begins so needs quotes',
  zh: '未知的标签（!）；以此开头的文字须加引号',
};
const START: Text = {
  en: 'a value that begins with a reserved character; it needs quotes',
  zh: '以保留字符开头的值；须加引号',
};
const KEY: Text = {
  en: 'a key in the wrong place, or a second ": " in one line; a text that holds one needs quotes',
  zh: '键的位置不对，或一行中有两个“: ”；含此的文字须加引号',
};
const TOO_MUCH: Text = { en: 'more nesting than can be read', zh: '嵌套过多，无法读取' };
const MISPLACED: Text = { en: 'something that does not belong here', zh: '此处多出的内容' };

/** What the parser found, by its codes. Its own words are English only, and may repeat what stands there. */
const WORDS: Record<ErrorCode, Text> = {
  ALIAS_PROPS: ALIAS,
  BAD_ALIAS: ALIAS,
  MULTIPLE_ANCHORS: ALIAS,
  BAD_COLLECTION_TYPE: TAG,
  MULTIPLE_TAGS: TAG,
  TAG_RESOLVE_FAILED: TAG,
  BAD_PROP_ORDER: MISPLACED,
  IMPOSSIBLE: MISPLACED,
  UNEXPECTED_TOKEN: MISPLACED,
  BAD_SCALAR_START: START,
  BAD_DIRECTIVE: START,
  BLOCK_AS_IMPLICIT_KEY: KEY,
  MULTILINE_IMPLICIT_KEY: KEY,
  NON_STRING_KEY: KEY,
  KEY_OVER_1024_CHARS: KEY,
  RESOURCE_EXHAUSTION: TOO_MUCH,
  BAD_DQ_ESCAPE: {
    en: 'a backslash (\\) in double quotes with a meaning that does not exist',
    zh: '双引号中无效的反斜杠（\\）转义',
  },
  BAD_INDENT: { en: 'a wrong indent', zh: '缩进错误' },
  BLOCK_IN_FLOW: {
    en: 'a list or mapping by indents within brackets',
    zh: '括号内使用了缩进式的列表或映射',
  },
  DUPLICATE_KEY: { en: 'a key twice', zh: '重复的键' },
  MISSING_CHAR: {
    en: 'a missing quotation mark, bracket, comma, colon or space',
    zh: '缺少引号、括号、逗号、冒号或空格',
  },
  MULTIPLE_DOCS: { en: 'a second document (---)', zh: '第二个文档（---）' },
  TAB_AS_INDENT: { en: 'a tab as an indent', zh: '用制表符缩进' },
};

/** What is wrong with the syntax of a file, without repeating any of it: a secret may stand there. */
export const sayYamlError = (code: ErrorCode): Text => WORDS[code];
