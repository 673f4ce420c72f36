import type { TSchema } from 'typebox';
import { ProfileSchema } from '../src/campus/profile.ts';
import { RULE_KINDS } from '../src/campus/rule.ts';
import { CampusFile } from '../src/campus/schema.ts';
import { catalogue } from '../src/errors.ts';
import { ChannelSchemas } from '../src/notify/channels/schema.ts';
import { describeSchema } from '../src/schema-mistakes.ts';

const GENERATED =
  '<!-- Made from the source by `npm run docs`; edit the schema, not this page. -->\n';

interface Setting {
  path: string;
  allowed: string;
  fallback: string;
  about: string;
}

/** Every setting below a schema, in the order of the file. */
function settings(schema: TSchema, path: string, isOptional: boolean): Setting[] {
  const text = (key: string) => (key in schema ? String(Reflect.get(schema, key)) : '');
  const allowed = describeSchema(schema);
  const about = [text('descriptionZh'), text('description')].filter(Boolean).join('<br>');
  const fallback =
    'default' in schema
      ? `\`${JSON.stringify(schema.default)}\``
      : isOptional
        ? '–'
        : '**必填 required**';
  const children = below(schema, path);
  const own: Setting = { path, allowed: `${allowed.zh}<br>${allowed.en}`, fallback, about };
  if (children.length === 0) return [own];
  // one value or a list of them
  if ('anyOf' in schema) return [own, ...children];
  return [
    {
      ...own,
      allowed: 'items' in schema ? '列表 list' : '映射 mapping',
      fallback: isOptional || 'default' in schema ? '–' : fallback,
    },
    ...children,
  ];
}

function below(schema: TSchema, path: string): Setting[] {
  if ('items' in schema && isSchema(schema.items)) return below(schema.items, `${path}[]`);
  if ('patternProperties' in schema) {
    const [value] = Object.values(Object(schema.patternProperties)).filter(isSchema);
    return value ? below(value, `${path}.<…>`) : [];
  }
  if ('anyOf' in schema && Array.isArray(schema.anyOf)) {
    const list = schema.anyOf.filter(isSchema).find((branch) => 'items' in branch);
    return list ? below(list, path) : [];
  }
  if (!('properties' in schema)) return [];
  const required: unknown = 'required' in schema ? schema.required : [];
  return Object.entries(Object(schema.properties)).flatMap(([name, child]) => {
    if (!isSchema(child)) return [];
    const isRequired = Array.isArray(required) && required.includes(name);
    return settings(child, path ? `${path}.${name}` : name, !isRequired);
  });
}

const isSchema = (value: unknown): value is TSchema => typeof value === 'object' && value !== null;

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function table(schema: TSchema): string {
  const rows = below(schema, '').map(
    ({ path, allowed, fallback, about }) =>
      `| \`${path}\` | ${cell(about)} | ${cell(allowed)} | ${cell(fallback)} |`,
  );
  return [
    '| 设置 setting | 含义 meaning | 取值 allowed | 缺省 default |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
}

/** docs/configuration.md */
export function configurationReference(): string {
  return `${GENERATED}
# 配置参考 Configuration reference

## campus.yaml

一个文件描述一所学校和承载它的机器。\`--config\` 也可以是文件夹：每校一个文件，机器设置（transport、storage、http、influx）放在其中的 \`gateway.yaml\`。\\
One file describes a school and the machine that carries it. \`--config\` may also be a folder: one file a campus, with the machine's settings (transport, storage, http, influx) in \`gateway.yaml\`.

${table(CampusFile)}

### 通知渠道 Channels: \`notify.channels.<…>\`

${ChannelSchemas.map((schema) => `\`kind: ${schema.properties.kind.const}\`\n\n${table(schema)}`).join('\n\n')}

## 设备档案 Device profiles: \`devices/<vendor>/<model>.yaml\`

${table(ProfileSchema)}

### 规则 Rules: \`rules[]\`

${RULE_KINDS.map((schema) => `\`kind: ${schema.properties.kind.const}\`\n\n${table(schema)}`).join('\n\n')}
`;
}

/** docs/errors.md */
export function errorReference(): string {
  const rows = Object.entries(catalogue).map(([code, { status, message, remedy }]) => {
    const both = (text: { zh: string; en: string }) => cell(`${text.zh}<br>${text.en}`);
    return `| \`${code}\` | ${status} | ${both(message)} | ${both(remedy)} |`;
  });
  return `${GENERATED}
# 错误代码 Error codes

日志、接口与命令行都引用这些代码；\`{…}\` 处填入具体内容。\\
Logs, API answers and the command line cite these codes; \`{…}\` is filled in.

| 代码 code | HTTP | 发生了什么 what happened | 该怎么办 what to do |
|---|---|---|---|
${rows.join('\n')}
`;
}
