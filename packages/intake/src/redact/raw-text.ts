/**
 * Raw text: the UTF-8 bytes of a text, one character per byte. The redactor works in this form, so
 * that a place found among the bytes is a place in the string that the patterns run over.
 */
export function toRaw(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

export function fromRaw(raw: string): string {
  return Buffer.from(raw, 'latin1').toString('utf8');
}

/** Characters that hold a key or a word together. */
export function isKeyCharacter(code: number): boolean {
  return isAlphanumeric(code) || code === 0x5f || code === 0x2d || code === 0x2e;
}

export function isAlphanumeric(code: number): boolean {
  return isDigit(code) || isLetter(code);
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

export function isLetter(code: number): boolean {
  const folded = code | 0x20;
  return folded >= 0x61 && folded <= 0x7a;
}
