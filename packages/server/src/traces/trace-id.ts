/** Ids of traces as people and other systems write them. */
import { Failure } from '@tendril/model/failure';

/** 32 lower-case digits; an id of 64 bits is filled up with zeros. Throws `Failure` `bad_trace_id`. */
export function parseTraceId(text: string): string {
  const hex = text.toLowerCase();
  if (/^[0-9a-f]{1,32}$/.test(hex)) return hex.padStart(32, '0');
  throw new Failure({
    code: 'bad_trace_id',
    detail: `"${text.slice(0, 64)}" is no trace id; it has up to 32 hexadecimal digits`,
    params: { text: text.slice(0, 64) },
  });
}
