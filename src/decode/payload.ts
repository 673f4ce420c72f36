import { isUtf8 } from 'node:buffer';
import { type Decoded, refused } from './adapter.ts';

/** JSON text → value, or why it is none. */
export function parseJson(payload: Buffer): { value: unknown } | Decoded {
  if (payload.length === 0) return refused('PAYLOAD_EMPTY');
  const text = payload.toString();
  // what stands for bytes that are no text may also have been sent
  if (text.includes('\uFFFD') && !isUtf8(payload)) return refused('PAYLOAD_NOT_UTF8');
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 120) : '';
    return refused('PAYLOAD_NOT_JSON', { reason });
  }
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
