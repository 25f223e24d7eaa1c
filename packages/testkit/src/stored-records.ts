/** What a server holds, found as its users find it: by the search API. */
import { createClient } from '@tendril/api/client';
import type { LogRecord } from '@tendril/model/log-record';

const LIMIT = 10_000;

/** Of the last week up to an hour ahead. */
export async function storedRecords(baseUrl: string, query: string): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  const request = { query, from: 'now-7d', to: 'now+1h', limit: LIMIT };
  for await (const event of createClient({ baseUrl }).searchLogs(request)) {
    if (event.kind === 'row') records.push(event.record);
  }
  return records;
}

export interface StoredWait {
  readonly query: string;
  readonly count: number;
}

/** For protocols that acknowledge nothing: asks again until so many are there, or the test times out. */
export async function awaitStored(
  baseUrl: string,
  { query, count }: StoredWait,
): Promise<LogRecord[]> {
  for (;;) {
    const records = await storedRecords(baseUrl, query);
    if (records.length >= count) return records;
    await new Promise((resolve) => {
      setTimeout(resolve, POLL_MS);
    });
  }
}

const POLL_MS = 50;
