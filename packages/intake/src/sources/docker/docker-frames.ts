/**
 * Logs as an engine sends them: frames of one output each (Docker Engine API, "Stream format"), or plain
 * text for a container with a terminal. They come out as container runtimes write them to files,
 * `TIME stdout|stderr P|F TEXT`, so that output and parts of long lines are not lost.
 */
const HEADER_BYTES = 8;
const LINE_FEED = 0x0a;
const BLANK = 0x20;
/** Docker cuts lines at 16 KiB; whatever says more is no frame. */
const FRAME_BYTES_MAX: number = 4 * 1024 * 1024;
const OUTPUTS = ['stdout', 'stdout', 'stderr'] as const;

export async function* framedLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let kept: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = kept.length === 0 ? chunk : Buffer.concat([kept, chunk]);
    const { end, lines } = frames(bytes);
    kept = Buffer.from(bytes.subarray(end));
    if (lines.length > 0) yield Buffer.concat(lines);
  }
}

function frames(bytes: Buffer): { readonly lines: readonly Buffer[]; readonly end: number } {
  const lines: Buffer[] = [];
  let at = 0;
  while (bytes.length - at >= HEADER_BYTES) {
    const output = OUTPUTS[bytes[at] ?? 0];
    const length = bytes.readUInt32BE(at + 4);
    if (output === undefined || length > FRAME_BYTES_MAX) {
      throw new Error('what the engine sends are no frames of a log');
    }
    const end = at + HEADER_BYTES + length;
    if (end > bytes.length) break;
    lines.push(...linesOf(bytes.subarray(at + HEADER_BYTES, end), output));
    at = end;
  }
  return { lines, end: at };
}

/** A frame is a line with its time, or a part of one that was too long. */
function linesOf(payload: Buffer, output: string): Buffer[] {
  const lines: Buffer[] = [];
  for (let at = 0; at < payload.length;) {
    const feed = payload.indexOf(LINE_FEED, at);
    const end = feed < 0 ? payload.length : feed;
    const line = payload.subarray(at, end);
    const blank = line.indexOf(BLANK);
    const timeEnd = blank < 0 ? line.length : blank;
    const tag = ` ${output} ${feed < 0 ? 'P' : 'F'} `;
    lines.push(line.subarray(0, timeEnd), Buffer.from(tag), line.subarray(timeEnd + 1), END);
    at = end + 1;
  }
  return lines;
}

const END: Buffer = Buffer.from('\n');
