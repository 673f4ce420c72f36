import { createHash } from 'node:crypto';
import { renderSVG } from 'uqr';
import { Html, html } from './html.ts';

const STYLE = `
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 6mm; max-width: 198mm; background: #fff; color: #000; font-size: 10.5pt;
  line-height: 1.45; font-family: system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
header { display: flex; justify-content: space-between; gap: 6mm; align-items: flex-start;
  border-bottom: .5mm solid #000; padding-bottom: 2mm; }
h1 { font-size: 17pt; line-height: 1.25; margin: 0; }
h2 { font-size: 12.5pt; margin: 4mm 0 1.5mm; border-left: 1.2mm solid #000; padding-left: 2mm; break-after: avoid; }
h3 { font-size: 10.5pt; margin: 0 0 .5mm; }
p { margin: 1mm 0; }
small { font-size: 8.5pt; color: #444; font-weight: 400; }
.qr { width: 25mm; flex: none; text-align: center; font-size: 7.5pt; line-height: 1.2; }
.qr svg { display: block; width: 25mm; height: 25mm; }
.block { border: .25mm solid #888; border-radius: 1.5mm; padding: 1.5mm 2.5mm; margin: 0 0 2mm; break-inside: avoid; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .4mm 3mm; margin: 0; }
dl.three { grid-template-columns: auto 3fr auto 4fr auto 5fr; font-size: 9.5pt; line-height: 1.35; }
dt { color: #444; white-space: nowrap; } dd { margin: 0; overflow-wrap: anywhere; }
.wide { grid-column: 2 / -1; }
.bad { font-weight: 700; } .bad::before { content: "✗ "; } .good::before { content: "✓ "; }
table { width: 100%; border-collapse: collapse; font-size: 9.5pt; }
th, td { border: .2mm solid #999; padding: .8mm 1.5mm; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { background: #eee; font-weight: 600; } tr { break-inside: avoid; }
footer { margin-top: 4mm; border-top: .25mm solid #888; padding-top: 1.5mm; font-size: 8.5pt; color: #444; }
body.label { width: 66mm; padding: 0; font-size: 9pt; line-height: 1.35; }
.label main { display: grid; grid-template-columns: 1fr 22mm; gap: 1mm 2mm; }
.label h1 { font-size: 14pt; overflow-wrap: anywhere; } .label h1, .label .until { grid-column: 1 / -1; }
.label .qr, .label .qr svg { width: 22mm; } .label .qr svg { height: 22mm; }
.label .until { border-top: .3mm solid #000; font-weight: 700; padding-top: .8mm; }
@media screen and (max-width: 34rem) { dl.three { grid-template-columns: auto 1fr; } table { font-size: 8pt; }
  th, td { padding: .5mm .8mm; } }
@media print { body { padding: 0; max-width: none; } }
`;

/** A sheet of paper, or a label of a label printer. */
const PAPERS = {
  sheet: 'size: auto; margin: 9mm;',
  label: 'size: 70mm 50mm; margin: 2mm;',
} as const;
type PaperFormat = keyof typeof PAPERS;

const styleOf = (paper: PaperFormat): string => `${STYLE}@page { ${PAPERS[paper]} }\n`;

/** What such a page may do: show its own style. */
export function printPolicy(paper: PaperFormat): string {
  const hash = createHash('sha256').update(styleOf(paper)).digest('base64');
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; frame-ancestors 'none'`;
}

/** A page to be printed: black on white, nothing from elsewhere. */
export function printPage(title: string, body: Html, paper: PaperFormat): string {
  return html`<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${new Html(styleOf(paper))}</style>
</head>
<body class="${paper}">
${body}
</body>
</html>
`.text;
}

/** An address as a QR code that still reads with a seventh of it dirty. */
export const qrCode = (address: string): Html =>
  new Html(renderSVG(address, { ecc: 'M', border: 2, pixelSize: 1 }));
