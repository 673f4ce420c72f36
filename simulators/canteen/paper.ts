import { createHash } from 'node:crypto';

/**
 * A scanned paper in small: one page of PDF 1.4 (ISO 32000-1) with some lines of Chinese, in a font
 * that every reader brings along (Adobe-GB1).
 */
export function paper(lines: readonly string[]): Buffer {
  const shown = lines.map((line, i) => `1 0 0 1 30 ${250 - 24 * i} Tm <${hex(line)}> Tj`);
  const page = `BT /F 14 Tf ${shown.join(' ')} ET`;
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 298]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>',
    `<</Length ${page.length}>>stream\n${page}\nendstream`,
    '<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[6 0 R]>>',
    '<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/FontDescriptor 7 0 R/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>>>',
    '<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93>>',
  ];
  let text = '%PDF-1.4\n';
  const places = objects.map((object, i) => {
    const place = text.length;
    text += `${i + 1} 0 obj${object}endobj\n`;
    return `${String(place).padStart(10, '0')} 00000 n \n`;
  });
  const size = objects.length + 1;
  text += `xref\n0 ${size}\n0000000000 65535 f \n${places.join('')}`;
  text += `trailer<</Size ${size}/Root 1 0 R>>\nstartxref\n${text.indexOf('xref\n')}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}

/** UCS-2, the most significant byte first. */
const hex = (line: string): string => Buffer.from(line, 'utf16le').swap16().toString('hex');

/** The name under which the gateway keeps a file. */
export const hashOf = (scan: Buffer): string => createHash('sha256').update(scan).digest('hex');
