/** The text of a WebSocket frame, in whichever form `ws` gives it. */
import type { RawData } from 'ws';

export function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.from(data as ArrayBuffer).toString();
}
