/**
 * Text from telemetry made safe for a terminal: nothing in it moves the cursor, sets a title, writes the
 * clipboard, hides or reorders what is read. What was there stays visible.
 */

// C0, DEL, C1, line and paragraph separators, bidi controls, invisible characters, tags.
const UNSAFE =
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;
// Joins emoji and Persian letters: harmless between what is visible.
const JOINERS: ReadonlySet<string> = new Set(['\u200c', '\u200d']);

/** On one line: a line feed becomes ␊. */
export function printable(text: string): string {
  return isPlain(text) ? text : text.replaceAll(UNSAFE, shown);
}

/** The lines of a text, each printable; tabs become blanks. */
export function printableLines(text: string): readonly string[] {
  if (isPlain(text)) return [text];
  return text.split(/\r?\n/).map((line) => printable(line.replaceAll('\t', '    ')));
}

/** JSON that holds the same data and no character that acts on a terminal; integers above 2^53 are strings. */
export function printableJson(value: unknown): string {
  const text = JSON.stringify(value, bigintAsText) ?? 'null';
  return isPlain(text) ? text : text.replaceAll(UNSAFE, escaped);
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

const PLAIN = /^[\u0020-\u007e]*$/;

function isPlain(text: string): boolean {
  return PLAIN.test(text);
}

function shown(character: string): string {
  if (JOINERS.has(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  // Unicode has a picture for each C0 control and for DEL.
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  return `⟨${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    const unit = character.charCodeAt(index).toString(16).padStart(4, '0');
    return `\\u${unit}`;
  }).join('');
}
