/** A small protobuf encoder for generated requests; not for hot paths. */
export class ProtobufWriter {
  readonly #bytes: number[] = [];

  get length(): number {
    return this.#bytes.length;
  }

  varint(value: number | bigint): this {
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest > 127n) {
      this.#bytes.push(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    this.#bytes.push(Number(rest));
    return this;
  }

  tag(field: number, wireType: 0 | 1 | 2 | 5): this {
    return this.varint(field * 8 + wireType);
  }

  /** Returns where the content begins. */
  bytes(field: number, content: Uint8Array): number {
    this.tag(field, 2).varint(content.length);
    const start = this.#bytes.length;
    for (const byte of content) this.#bytes.push(byte);
    return start;
  }

  text(field: number, value: string): number {
    return this.bytes(field, Buffer.from(value));
  }

  fixed64(field: number, value: bigint): number {
    this.tag(field, 1);
    const start = this.#bytes.length;
    for (let shift = 0n; shift < 64n; shift += 8n)
      this.#bytes.push(Number((value >> shift) & 255n));
    return start;
  }

  finish(): Buffer {
    return Buffer.from(this.#bytes);
  }
}
