import { Failure } from '@tendril/model/failure';
import { describe, expect, test } from 'vitest';
import { createClient, type Client } from './client.ts';
import type { ClientTailEvent } from './tail-client.ts';

const EVENT_STREAM = { headers: { 'content-type': 'text/event-stream' } };
const sse = (event: object): string => `data: ${JSON.stringify(event)}\n\n`;

/** Answers one after the other; the last one again and again. */
function clientOf(answers: readonly (() => Response)[]): { client: Client; calls: () => number } {
  let calls = 0;
  const client = createClient({
    baseUrl: 'http://tendril.test',
    tail: { pauseMsMin: 1, pauseMsMax: 1 },
    fetch: async () => {
      const answer = answers[Math.min(calls, answers.length - 1)];
      calls += 1;
      if (answer === undefined) throw new TypeError('fetch failed');
      return answer();
    },
  });
  return { client, calls: () => calls };
}

async function take(client: Client, count: number): Promise<ClientTailEvent[]> {
  const leaving = new AbortController();
  const events: ClientTailEvent[] = [];
  for await (const event of client.tailLogs({ query: '' }, leaving.signal)) {
    events.push(event);
    if (events.length === count) leaving.abort();
  }
  return events;
}

const ready = (): Response => new Response(sse({ kind: 'ready' }), EVENT_STREAM);
const busy = (): Response => new Response('', { status: 503 });

function problem(status: number, code: string): () => Response {
  const body = { type: 'about:blank', title: '', status, code, detail: '', params: {} };
  return () => Response.json(body, { status });
}

describe('tailLogs', () => {
  test('connects again when the connection breaks, and says so', async () => {
    const { client } = clientOf([ready, busy, ready]);
    const kinds = (await take(client, 4)).map(({ kind }) => kind);
    expect(kinds).toEqual(['ready', 'lost', 'lost', 'ready']);
  });

  test('does not try again what will fail again', async () => {
    const { client, calls } = clientOf([problem(400, 'query_syntax')]);
    await expect(take(client, 1)).rejects.toMatchObject({ code: 'query_syntax' });
    const { client: revoked } = clientOf([ready, problem(401, 'unauthorized')]);
    await expect(take(revoked, 9)).rejects.toMatchObject({ code: 'unauthorized' });
    expect(calls()).toBe(1);
  });

  test('reports a server that is not there at the first try', async () => {
    const { client } = clientOf([]);
    const failure: unknown = await take(client, 1).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ code: 'unreachable' });
  });
});

describe('streams', () => {
  test('that end before their summary are an error', async () => {
    const { client } = clientOf([() => new Response('{"kind":"row","record":{}}\n')]);
    const read = async (): Promise<void> => {
      for await (const event of client.searchLogs({})) expect(event.kind).toBe('row');
    };
    await expect(read()).rejects.toMatchObject({ code: 'unreachable' });
  });

  test('that are not of this API are an error', async () => {
    const { client } = clientOf([() => new Response('<html>')]);
    const read = async (): Promise<void> => {
      for await (const event of client.searchLogs({})) expect(event).toBeUndefined();
    };
    await expect(read()).rejects.toMatchObject({ code: 'bad_answer' });
    await expect(client.status()).rejects.toMatchObject({ code: 'bad_answer' });
  });
});
