/** JSON that stands within a text, read as far as it goes. */
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Index after the object or array that begins at `start`; -1 when it does not end. Linear. */
export function jsonEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = stringEnd(text, at);
      if (at < 0) return -1;
    } else if (code === 0x7b || code === 0x5b) depth += 1;
    else if (code === 0x7d || code === 0x5d) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}

/** Index of the quote that closes the one at `start`, or -1. */
export function stringEnd(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1;
    // A quote after an even number of backslashes is not escaped.
    if (backslashes % 2 === 0) return end;
  }
  return -1;
}
