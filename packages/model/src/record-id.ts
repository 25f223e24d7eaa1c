/**
 * RecordId: 8 bits server, 40 bits WAL frame, 16 bits row. Records are totally ordered by
 * (Timestamp, RecordId); that pair is the cursor, the permalink and the anchor of "around".
 */
export const FRAME_ROWS_MAX = 65_536;

export interface RecordIdParts {
  readonly server: number;
  /** Sequence number of the WAL frame, below 2^40. */
  readonly frame: number;
  readonly row: number;
}

export function recordId({ server, frame, row }: RecordIdParts): bigint {
  return (BigInt(server) << 56n) | (BigInt(frame) << 16n) | BigInt(row);
}

/** 16 lower-case hex digits, as JSON and URLs show it. */
export function formatRecordId(id: bigint): string {
  return id.toString(16).padStart(16, '0');
}

/** Undefined when the text is not 16 hex digits. */
export function parseRecordId(text: string): bigint | undefined {
  return /^[0-9a-f]{16}$/i.test(text) ? BigInt(`0x${text}`) : undefined;
}
