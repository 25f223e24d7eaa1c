/** Characters beyond ASCII: which of them delimit, and what they stand for. */

/** A character that is part of a word. */
export const LETTER_CODE = 1;
const SPACE_CODE = 0x20;
/** The UTF-8 of `‹` and `›`. */
const OPEN_QUOTE = 0xe2_80_b9;
const CLOSE_QUOTE = 0xe2_80_ba;
const REDACTION_BYTES_MAX = 64;

// Punctuation of Chinese, Japanese and Korean text, typographic quotes and dashes.
const TWINS: ReadonlyMap<number, number> = new Map(
  Object.entries({
    '\u3000\u00a0\u2002\u2003\u2009\u200a\u200b\u202f\ufeff': ' ',
    '，、﹐､': ',',
    '。．｡': '.',
    '：﹕': ':',
    '；﹔': ';',
    '（﹙': '(',
    '）﹚': ')',
    '【［「『〔《〈〖': '[',
    '】］」』〕》〉〗': ']',
    '｛': '{',
    '｝': '}',
    '＝': '=',
    '“”„＂': '"',
    '‘’‚＇': "'",
    '！': '!',
    '？': '?',
    '＜': '<',
    '＞': '>',
    '｜': '|',
    '…': '.',
    '–—―': '-',
    '·•・': '*',
    '→⇒': '>',
    '←⇐': '<',
  }).flatMap(([characters, twin]) =>
    Array.from(
      characters,
      (character) => [character.codePointAt(0) ?? 0, twin.charCodeAt(0)] as const,
    ),
  ),
);

/** ASCII code of what the character stands for; LETTER_CODE when it is part of a word. */
export function twinOf(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  // All of the table begin with one of these.
  if (lead !== 0xe3 && lead !== 0xef && lead !== 0xe2 && lead !== 0xc2) return LETTER_CODE;
  return TWINS.get(codePointAt(bytes, at)) ?? LETTER_CODE;
}

export function isSpaceTwin(code: number): boolean {
  return code === SPACE_CODE;
}

/** End of what redaction left, `‹redacted:jwt:7f3a1b2c›`; 0 when there is none at `at`. */
export function redactionEnd(bytes: Uint8Array, at: number, limit: number): number {
  if (!isCharacter(bytes, at, OPEN_QUOTE)) return 0;
  const end = Math.min(limit, at + REDACTION_BYTES_MAX);
  for (let next = at + 3; next + 3 <= end; next += 1) {
    if (isCharacter(bytes, next, CLOSE_QUOTE)) return next + 3;
  }
  return 0;
}

// Of three bytes.
function isCharacter(bytes: Uint8Array, at: number, character: number): boolean {
  return (
    (((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)) === character
  );
}

/** Length of the character by its first byte; the bytes are valid UTF-8. */
export function characterLength(lead: number): number {
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

// Of two or three bytes.
function codePointAt(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  const second = (bytes[at + 1] ?? 0) & 0x3f;
  if (lead < 0xe0) return ((lead & 0x1f) << 6) | second;
  return ((lead & 0x0f) << 12) | (second << 6) | ((bytes[at + 2] ?? 0) & 0x3f);
}
