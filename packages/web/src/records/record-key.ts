/** How a record is named in an address: `TIMESTAMP-ID`. */
export interface RecordPlace {
  readonly timestamp: string;
  readonly id: string;
}

export function recordKey({ timestamp, id }: RecordPlace): string {
  return `${timestamp}-${id}`;
}

export function parseRecordKey(key: string): RecordPlace | undefined {
  const [, timestamp, id] = /^(\d{1,19})-([0-9a-f]{16})$/.exec(key) ?? [];
  return timestamp === undefined || id === undefined ? undefined : { timestamp, id };
}
