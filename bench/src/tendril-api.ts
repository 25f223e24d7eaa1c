/** What benchmarks ask a server, over the API that everybody uses. */
import type { LogHistogramSummary } from '@tendril/api/log-histogram';
import type { Status } from '@tendril/api/status';
import { pause } from './server-process.ts';

/** Runs a streaming query to its end; returns its lines. */
export async function postLines(url: string, body: unknown): Promise<Record<string, unknown>[]> {
  const text = await postText(url, body);
  const lines = text.split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** A server that is still busy with what it acknowledged is asked again, as its answer says. */
const BUSY_ATTEMPTS = 20;

export async function postText(url: string, body: unknown): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (response.ok) return text;
    if (response.status !== 503 || attempt === BUSY_ATTEMPTS) {
      throw new Error(`${url} answered ${response.status}: ${text.slice(0, 500)}`);
    }
    await pause(1_000 * Number(response.headers.get('retry-after') ?? '1'));
  }
}

export async function readStatus(url: string): Promise<Status> {
  const response = await fetch(`${url}/api/v1/status`);
  return (await response.json()) as Status;
}

/** All records of the last ten years and the next day, as a person would count them. */
export async function countRecords(url: string, query = ''): Promise<number> {
  const lines = await postLines(`${url}/api/v1/logs/histogram`, {
    query,
    from: 'now-3650d',
    to: 'now+1d',
    buckets: 10,
  });
  const summary = lines.at(-1) as LogHistogramSummary | undefined;
  if (summary?.kind !== 'summary' || summary.partial !== null) {
    throw new Error(`counting was cut: ${JSON.stringify(summary)}`);
  }
  return summary.counts.records;
}

export async function storedBytesPerRecord(url: string): Promise<number> {
  const { storage } = await readStatus(url);
  const bytes = storage.reduce((sum, each) => sum + each.bytes, 0);
  return bytes / (storage.find((each) => each.table === 'logs')?.rows ?? NaN);
}

/** All stored spans, once everything that was acknowledged is. */
export async function countSpans(url: string): Promise<number> {
  // A read that reaches up to now makes the server store what is pending.
  await fetch(`${url}/api/v1/traces/services?from=now-3650d&to=now%2B1d`).then(async (answer) =>
    answer.arrayBuffer(),
  );
  const { storage } = await readStatus(url);
  return storage.find(({ table }) => table === 'traces')?.rows ?? 0;
}
