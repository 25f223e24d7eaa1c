/**
 * Text of telemetry made harmless to look at: control characters become visible signs, so that no
 * escape sequence hides and a row stays one row.
 */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;
/** Characters that turn the direction of what follows; isolation alone would let them swap a line's parts. */
const BIDI = /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/g;

// Nearly no text has any of them: one look at it is enough, and a screen of rows has hundreds.
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const UNUSUAL = /[\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/;

/** Line breaks stay. */
export function visibleText(text: string): string {
  return text.replaceAll(CONTROL, controlPicture).replaceAll(BIDI, '\ufffd');
}

/** On one line, cut to what fits on any screen. */
export function visibleLine(text: string, charactersMax: number): string {
  const cut = text.length > charactersMax ? `${text.slice(0, charactersMax)}…` : text;
  if (!UNUSUAL.test(cut)) return cut;
  return visibleText(cut)
    .replaceAll(/\r?\n|\r/g, ' ⏎ ')
    .replaceAll('\t', ' ');
}

function controlPicture(character: string): string {
  const code = character.charCodeAt(0);
  return String.fromCharCode(code === 0x7f ? 0x2421 : 0x2400 + code);
}
