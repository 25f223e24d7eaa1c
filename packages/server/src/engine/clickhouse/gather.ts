/** Below this a piece costs more in system calls than in bytes. */
const PIECE_BYTES_MIN = 64 * 1024;

/** The same bytes in fewer pieces: small ones are copied together, large ones pass as they are. */
export function* gather(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  let small: Uint8Array[] = [];
  let smallBytes = 0;
  for (const piece of pieces) {
    if (piece.byteLength < PIECE_BYTES_MIN) {
      small.push(piece);
      smallBytes += piece.byteLength;
      if (smallBytes < PIECE_BYTES_MIN) continue;
    }
    if (smallBytes > 0) yield Buffer.concat(small, smallBytes);
    small = [];
    smallBytes = 0;
    if (piece.byteLength >= PIECE_BYTES_MIN) yield piece;
  }
  if (smallBytes > 0) yield Buffer.concat(small, smallBytes);
}
