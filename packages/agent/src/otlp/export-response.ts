/** The answer to an OTLP request for logs (collector/logs/v1, `ExportLogsPartialSuccess`): what of it was left out. */

export interface Rejected {
  readonly count: number;
  readonly reason: string;
}

const WIRE_VARINT = 0;
const WIRE_LENGTH = 2;

/** Undefined when everything was taken, or when the answer is none of protobuf. */
export function rejectedOf(response: Uint8Array): Rejected | undefined {
  const partial = fieldsOf(response).find(({ number }) => number === 1);
  if (!partial) return undefined;
  const fields = fieldsOf(partial.bytes);
  const count = fields.find(({ number }) => number === 1)?.value ?? 0;
  const message = fields.find(({ number }) => number === 2)?.bytes;
  // Without a count it is a warning.
  return count > 0 ? { count, reason: Buffer.from(message ?? []).toString('utf8') } : undefined;
}

interface Field {
  readonly number: number;
  readonly value: number;
  readonly bytes: Uint8Array;
}

/** Up to the first that is damaged, or of a kind that the answer does not have. */
function fieldsOf(message: Uint8Array): readonly Field[] {
  const fields: Field[] = [];
  for (let at = 0; at < message.length;) {
    const tag = varintAt(message, at);
    const value = varintAt(message, tag.end);
    const wire = tag.value % 8;
    if (wire !== WIRE_VARINT && wire !== WIRE_LENGTH) break;
    const end = wire === WIRE_LENGTH ? value.end + value.value : value.end;
    if (end > message.length) break;
    const number = Math.floor(tag.value / 8);
    fields.push({ number, value: value.value, bytes: message.subarray(value.end, end) });
    at = end;
  }
  return fields;
}

function varintAt(
  bytes: Uint8Array,
  start: number,
): { readonly value: number; readonly end: number } {
  let value = 0;
  let at = start;
  for (let factor = 1; ; factor *= 128) {
    const byte = bytes[at] ?? 0;
    at += 1;
    value += (byte % 128) * factor;
    if (byte < 128) return { value, end: at };
  }
}
