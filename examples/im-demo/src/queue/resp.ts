/** RESP, the protocol of Redis: what both its client and the stand-in speak. */
export type Reply = string | number | null | readonly Reply[] | RedisError;

export class RedisError extends Error {}

const CRLF = '\r\n';
/** Of what one connection may have sent without a whole message in it. */
const WAITING_BYTES_MAX = 4_000_000;

export function encodeCommand(parts: readonly (string | number)[]): string {
  const bulks = parts.map((part) => `$${Buffer.byteLength(String(part))}${CRLF}${part}${CRLF}`);
  return `*${parts.length}${CRLF}${bulks.join('')}`;
}

export function encodeReply(reply: Reply): string {
  if (reply instanceof RedisError) return `-${reply.message}${CRLF}`;
  if (typeof reply === 'number') return `:${reply}${CRLF}`;
  if (reply === null) return `*-1${CRLF}`;
  if (typeof reply === 'string') return `$${Buffer.byteLength(reply)}${CRLF}${reply}${CRLF}`;
  return `*${reply.length}${CRLF}${reply.map(encodeReply).join('')}`;
}

/** Takes bytes as they come and gives whole messages. */
export class RespReader {
  private bytes: Buffer = Buffer.alloc(0);

  push(chunk: Uint8Array): readonly Reply[] {
    this.bytes = Buffer.concat([this.bytes, chunk]);
    const replies: Reply[] = [];
    for (let read = this.read(0); read; read = this.read(0)) {
      replies.push(read.reply);
      this.bytes = this.bytes.subarray(read.end);
    }
    if (this.bytes.byteLength > WAITING_BYTES_MAX) throw new Error('message is too large');
    return replies;
  }

  private read(start: number): { readonly reply: Reply; readonly end: number } | undefined {
    const lineEnd = this.bytes.indexOf(CRLF, start);
    if (lineEnd < 0) return undefined;
    const kind = String.fromCharCode(this.bytes[start] ?? 0);
    const text = this.bytes.toString('utf8', start + 1, lineEnd);
    const end = lineEnd + CRLF.length;
    switch (kind) {
      case '+':
        return { reply: text, end };
      case '-':
        return { reply: new RedisError(text), end };
      case ':':
        return { reply: Number(text), end };
      case '$':
        return this.readBulk(Number(text), end);
      case '*':
        return this.readArray(Number(text), end);
      default:
        throw new Error(`no RESP message begins with ${JSON.stringify(kind)}`);
    }
  }

  private readBulk(length: number, start: number): ReturnType<RespReader['read']> {
    if (length < 0) return { reply: null, end: start };
    const end = start + length + CRLF.length;
    if (this.bytes.byteLength < end) return undefined;
    return { reply: this.bytes.toString('utf8', start, start + length), end };
  }

  private readArray(length: number, start: number): ReturnType<RespReader['read']> {
    if (length < 0) return { reply: null, end: start };
    const replies: Reply[] = [];
    let end = start;
    for (let index = 0; index < length; index += 1) {
      const read = this.read(end);
      if (!read) return undefined;
      replies.push(read.reply);
      end = read.end;
    }
    return { reply: replies, end };
  }
}
