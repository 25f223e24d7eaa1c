/** Lines of a byte stream, however it was cut into chunks. Runs in browsers too. */

/** A record may hold a body and values of 2 MiB each; more than this in one line is no answer of ours. */
export const LINE_CHARACTERS_MAX: number = 256 * 1024 * 1024;

/** Without their line ends (`\n` or `\r\n`). Empty lines are given too. */
export async function* linesOf(
  stream: ReadableStream<Uint8Array>,
  lineCharactersMax: number = LINE_CHARACTERS_MAX,
): AsyncGenerator<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  // Pieces rather than one growing string: a long line in small chunks stays linear.
  let pieces: string[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      const text = done ? decoder.decode() : decoder.decode(value, { stream: true });
      let start = 0;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
        pieces.push(text.slice(start, end));
        yield withoutReturn(pieces.join(''));
        pieces = [];
        length = 0;
        start = end + 1;
      }
      if (start < text.length) {
        pieces.push(text.slice(start));
        length += text.length - start;
        if (length > lineCharactersMax)
          throw new RangeError(`a line has more than ${lineCharactersMax} characters`);
      }
      if (done) break;
    }
    if (pieces.length > 0) yield withoutReturn(pieces.join(''));
  } finally {
    // Leaving early closes the connection, which cancels the query behind it.
    await reader.cancel().catch(() => undefined);
  }
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
