/** STRUCTURED-DATA of RFC 5424, section 6.3: `[id name="value" …][…]`. */
import type { AttributeValue } from '@tendril/model/attribute';

export interface StructuredData {
  /** Under `structured_data.ID.NAME`; a name that is repeated has all its values. The caller's own. */
  readonly attributes: Map<string, AttributeValue>;
  /** Index of the first character after it. */
  readonly end: number;
}

const ID = /\[([^\s=\]"]{1,128})/y;
const PARAMETER = /\s+([^\s=\]"]{1,128})="((?:[^"\\\]]|\\.)*)"/sy;
const CLOSE = /\s*\]/y;
const PARAMETERS_MAX = 1024;

/** `text` has it at `start`. Undefined when it is not closed as it should be: it is message then. */
export function structuredData(text: string, start: number): StructuredData | undefined {
  const attributes = new Map<string, AttributeValue>();
  let end = start;
  for (let count = 0; text[end] === '['; count += 1) {
    if (count > PARAMETERS_MAX) return undefined;
    const [, id] = matchAt(ID, text, end) ?? [];
    if (id === undefined) return undefined;
    end = readParameters(text, ID.lastIndex, (name, value) => {
      add(attributes, `structured_data.${id}.${name}`, value);
    });
    if (!matchAt(CLOSE, text, end)) return undefined;
    end = CLOSE.lastIndex;
  }
  return end === start ? undefined : { attributes, end };
}

function readParameters(
  text: string,
  start: number,
  add_: (name: string, value: string) => void,
): number {
  let end = start;
  for (let count = 0; count < PARAMETERS_MAX; count += 1) {
    const match = matchAt(PARAMETER, text, end);
    if (!match) return end;
    const [whole, name = '', value = ''] = match;
    add_(name, value.includes('\\') ? value.replaceAll(/\\(["\\\]])/g, '$1') : value);
    end += whole.length;
  }
  return end;
}

function add(attributes: Map<string, AttributeValue>, name: string, value: string): void {
  const known = attributes.get(name);
  attributes.set(name, known === undefined ? value : [known, value].flat().map(String));
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
