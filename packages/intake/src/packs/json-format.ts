/** JSON objects of one program: told from others by names they all have, with names of their own. */
import type { LineFormat, ParsedLine } from '../format.ts';
import { parseJsonLine } from '../formats/json.ts';
import type { JsonFormatSpec } from './format-spec.ts';

/** `extend` is asked about each record. */
export function compileJsonFormat(
  spec: JsonFormatSpec,
  extend: (parsed: ParsedLine) => ParsedLine,
): LineFormat {
  const { keys, names = {} } = spec.json;
  const kind = { keys, names: new Map(Object.entries(names)) };
  return {
    name: spec.id,
    title: spec.title,
    specificity: spec.specificity,
    gate: { first: '{ \t', contains: keys.map((key) => JSON.stringify(key)) },
    ...(spec.service !== undefined && { serviceHint: spec.service }),
    parse(line, context) {
      const parsed = parseJsonLine(line, context, kind);
      return parsed && extend(parsed);
    },
  };
}
