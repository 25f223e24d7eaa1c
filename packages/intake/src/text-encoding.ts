/**
 * Bytes of text as strings, whatever wrote them: UTF-8, UTF-16 with or without a byte order mark, and
 * GB18030 (GBK), which programs on Chinese systems write, at times line by line between UTF-8. UTF-16 is a
 * matter of a whole source; GB18030 is told line by line: a line feed means the same in both, so lines
 * and their places in the source are found before their encoding is.
 */
import { isAscii, isUtf8 } from 'node:buffer';

export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** How much of a source is looked at. */
const SAMPLE_BYTES_MAX = 1024;
/** Fewer pairs of bytes say nothing. */
const SAMPLE_PAIRS_MIN = 4;

/** By the byte order mark, else by where zero bytes stand: every other one in UTF-16 of mostly Latin text. */
export function encodingOf(head: Uint8Array): TextEncoding {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const pairs = Math.floor(Math.min(head.length, SAMPLE_BYTES_MAX) / 2);
  if (pairs < SAMPLE_PAIRS_MIN) return 'utf-8';
  let even = 0;
  let odd = 0;
  for (let at = 0; at < pairs * 2; at += 2) {
    if (head[at] === 0) even += 1;
    if (head[at + 1] === 0) odd += 1;
  }
  if (odd > pairs * 0.4 && even < pairs * 0.05) return 'utf-16le';
  if (even > pairs * 0.4 && odd < pairs * 0.05) return 'utf-16be';
  return 'utf-8';
}

/** A source's bytes as UTF-8, chunk by chunk; those of other encodings than UTF-16 stay as they are. */
export class Utf8Transcoder {
  private decoder: TextDecoder | undefined;
  private isDecided = false;
  private held: Buffer = Buffer.alloc(0);

  push(chunk: Uint8Array): Buffer {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this.isDecided) return this.decoded(bytes);
    const head = this.held.length === 0 ? bytes : Buffer.concat([this.held, bytes]);
    if (head.length < SAMPLE_PAIRS_MIN * 2 && !head.includes(LINE_FEED)) {
      this.held = Buffer.from(head);
      return EMPTY;
    }
    this.decide(head);
    return this.decoded(head);
  }

  /** What was held back. */
  finish(): Buffer {
    if (!this.isDecided) this.decide(this.held);
    const rest = this.decoded(this.held);
    const last = this.decoder?.decode() ?? '';
    return last === '' ? rest : Buffer.concat([rest, Buffer.from(last)]);
  }

  private decide(head: Uint8Array): void {
    const encoding = encodingOf(head);
    if (encoding !== 'utf-8') this.decoder = new TextDecoder(encoding);
    this.isDecided = true;
  }

  private decoded(bytes: Buffer): Buffer {
    this.held = EMPTY;
    // A character whose bytes lie in two chunks is kept by the decoder.
    return this.decoder ? Buffer.from(this.decoder.decode(bytes, { stream: true })) : bytes;
  }
}

const LINE_FEED = 0x0a;
const EMPTY: Buffer = Buffer.alloc(0);
const REPLACEMENT = '\uFFFD';
const gb18030 = new TextDecoder('gb18030', { fatal: true });
/** Of characters of two bytes, which a few of GB18030 look like in UTF-8. */
const TWO_BYTES = /[\u0080-\u07ff]/;
const THREE_BYTES = /[\u0800-\ufffc]/;

/** Lines of one source that are UTF-8 or GB18030, in bytes between line feeds. */
export class LineDecoder {
  // The source has GB18030: a short line that could be either is that.
  private isChinese = false;

  text(bytes: Buffer): string {
    const text = bytes.toString('utf8');
    return text.includes(REPLACEMENT) ? this.lines(bytes, 0, bytes.length).join('\n') : text;
  }

  /** The lines of `bytes` from `start` to `end`, where no line feed stands any more. */
  lines(bytes: Buffer, start: number, end: number): string[] {
    const chunk = bytes.subarray(start, end);
    if (isAscii(chunk)) return chunk.toString('latin1').split('\n');
    const lines = linesOfUtf8(chunk);
    if (!this.isChinese && isUtf8(chunk)) return lines;
    let at = start;
    return lines.map((line) => {
      const feed = bytes.indexOf(LINE_FEED, at);
      const lineEnd = feed < 0 || feed > end ? end : feed;
      const decoded = this.reconsidered(line, bytes.subarray(at, lineEnd));
      at = lineEnd + 1;
      return decoded;
    });
  }

  // `line` is what the bytes are in UTF-8.
  private reconsidered(line: string, bytes: Uint8Array): string {
    const isBroken = line.includes(REPLACEMENT);
    const isLikeBoth = this.isChinese && TWO_BYTES.test(line) && !THREE_BYTES.test(line);
    if (!isBroken && !isLikeBoth) {
      if (THREE_BYTES.test(line)) this.isChinese = false;
      return line;
    }
    const chinese = gb18030Text(bytes);
    if (chinese !== undefined) this.isChinese = true;
    return chinese ?? line;
  }
}

/**
 * Decoded one by one: as parts of one text they would all take two bytes a character when one of them needs it, and
 * everything that reads them would be slower (`bench agent`).
 */
function linesOfUtf8(bytes: Buffer): string[] {
  const lines: string[] = [];
  for (let at = 0, feed = 0; feed >= 0; at = feed + 1) {
    feed = bytes.indexOf(LINE_FEED, at);
    lines.push(bytes.toString('utf8', at, feed < 0 ? bytes.length : feed));
  }
  return lines;
}

/** Undefined when the bytes are not GB18030, or hardly: bytes of Western encodings fit it at times too. */
function gb18030Text(bytes: Uint8Array): string | undefined {
  if (!isMostlyChinese(bytes)) return undefined;
  try {
    return gb18030.decode(bytes);
  } catch {
    // A TypeError: some bytes are nothing in GB18030.
    return undefined;
  }
}

// Characters in use have two bytes, both above 0xA0.
function isMostlyChinese(bytes: Uint8Array): boolean {
  let characters = 0;
  let usual = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const lead = bytes[at] ?? 0;
    if (lead < 0x80) continue;
    at += 1;
    const trail = bytes[at] ?? 0;
    characters += 1;
    if (lead >= 0xa1 && lead <= 0xf7 && trail >= 0xa1) usual += 1;
  }
  return usual > 0 && usual * 10 >= characters * 7;
}
