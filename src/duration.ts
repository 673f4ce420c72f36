import type { Millis } from './clock.ts';

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export const DURATION_PATTERN = '^\\d{1,6}(\\.\\d{1,3})?(ms|s|m|h|d)$';

/** `'90s'`, `'15m'`, `'2.5d'` → milliseconds. The text has passed DURATION_PATTERN. */
export function parseDuration(text: string): Millis {
  const match = /^([\d.]+)([a-z]+)$/.exec(text);
  return Math.round(Number(match?.[1]) * (UNITS[match?.[2] ?? ''] ?? Number.NaN));
}

/** Milliseconds as people say them, in one or two units: `2 小时 5 分钟`, `2 h 5 min`. */
export function sayDuration(duration: Millis): { zh: string; en: string } {
  const seconds = Math.max(0, Math.round(duration / 1000));
  const parts: [number, string, string][] = [
    [Math.floor(seconds / 86_400), '天', 'd'],
    [Math.floor(seconds / 3600) % 24, '小时', 'h'],
    [Math.floor(seconds / 60) % 60, '分钟', 'min'],
    [seconds % 60, '秒', 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  const shown = first < 0 ? parts.slice(3) : parts.slice(first, first + 2);
  const said = shown.filter(([count], i) => i === 0 || count > 0);
  return {
    zh: said.map(([count, zh]) => `${count} ${zh}`).join(' '),
    en: said.map(([count, , en]) => `${count} ${en}`).join(' '),
  };
}
