import { createHash } from 'node:crypto';

/** Text that is HTML already. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | undefined | readonly Part[];

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function say(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(say).join('');
  return String(part).replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);
}

/** A template whose parts are escaped unless they are HTML themselves; `undefined` is nothing. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(strings.map((text, i) => text + say(parts[i])).join(''));
}

const STYLE = `
:root { color-scheme: light dark; --line: #d9dee5; --soft: #5b6672; --card: #fff; --page: #f3f5f8;
  --text: #1b232c; --critical: #c62026; --major: #b75400; --minor: #7a6200; --info: #2a64b0; --good: #1c7a3f; }
@media (prefers-color-scheme: dark) { :root { --line: #343c46; --soft: #9aa6b3; --card: #1d232b;
  --page: #12161b; --text: #e8edf2; --critical: #ff6b6e; --major: #ff9d4d; --minor: #e3c64a; --info: #7fb2f5; --good: #5cc985; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); line-height: 1.55;
  font-family: system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
main { max-width: 58rem; margin: 0 auto; padding: 1.25rem 1rem 2.5rem; }
main.narrow { max-width: 30rem; }
h1 { font-size: 1.4rem; line-height: 1.3; margin: 0; }
h2 { font-size: 1.05rem; margin: 1.75rem 0 .6rem; }
small, .en { color: var(--soft); font-size: .85rem; font-weight: 400; }
.en { display: block; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem 1.1rem; }
.cards { display: grid; gap: .75rem; }
.tiles { grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); margin-top: 1rem; }
.tile b { display: block; font-size: 1.9rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
ul { list-style: none; margin: 0; padding: 0; }
a { color: var(--info); text-decoration: none; }
a:hover { text-decoration: underline; }
.links { grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); }
.links a { display: block; font-weight: 600; }
.alarm { border-left: .3rem solid currentColor; }
.alarm > * { color: var(--text); }
.alarm .en, .alarm small { color: var(--soft); }
.critical { color: var(--critical); } .major { color: var(--major); }
.minor { color: var(--minor); } .info { color: var(--info); }
.good { color: var(--good); } .bad { color: var(--critical); }
dl { margin: .9rem 0 0; display: grid; grid-template-columns: auto 1fr; gap: .55rem 1rem; }
dt { color: var(--soft); white-space: nowrap; } dd { margin: 0; overflow-wrap: anywhere; }
button { width: 100%; margin-top: 1.25rem; padding: 1.05rem; border: 0; border-radius: .8rem; background: #c62026;
  color: #fff; font: inherit; font-size: 1.35rem; font-weight: 700; cursor: pointer; }
button small { display: block; color: #ffe3e3; }
.quiet button { background: var(--card); color: var(--text); border: 1px solid var(--line); font-size: 1.05rem;
  padding: .75rem; margin-top: .6rem; }
.quiet button small { color: var(--soft); }
textarea { width: 100%; font: inherit; color: inherit; background: var(--page); border: 1px solid var(--line);
  border-radius: .6rem; padding: .6rem; margin-top: 1rem; }
.trend { display: block; width: 100%; } .trend polyline { fill: none; stroke: var(--info); stroke-width: 1.5; }
.trend .limit { stroke: var(--critical); stroke-dasharray: 4 3; } .trend .began { stroke: var(--soft); }
.now { margin: 0 0 .5rem; } .now b { font-size: 1.3rem; font-variant-numeric: tabular-nums; }
.past li { padding: .3rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
.state { font-size: 1.25rem; font-weight: 700; margin: 1.25rem 0 0; }
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** What a page may load and do: its own style, and to post a form back. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

/** A whole page. `refresh`: it loads itself anew after so many seconds. */
export function page(title: string, body: Html, options: { refresh?: number } = {}): string {
  const { refresh } = options;
  return html`<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
${refresh === undefined ? undefined : html`<meta http-equiv="refresh" content="${refresh}">`}
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
${body}
</body>
</html>
`.text;
}
