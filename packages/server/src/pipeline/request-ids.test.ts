import { describe, expect, test } from 'vitest';
import { requestKey, RequestIds } from './request-ids.ts';
import type { CommittedRequest } from './wal/frame-meta.ts';

describe('request ids', () => {
  test('are kept for their time, to the millisecond', () => {
    let nowMs = 1000;
    const ids = new RequestIds({ keepMs: 500, idsMax: 10, nowMs: () => nowMs }, []);
    ids.add([request('a', 1000)]);
    nowMs = 1500;
    expect(ids.find('a')).toMatchObject({ accepted: 1 });
    nowMs = 1501;
    expect(ids.find('a')).toBe(undefined);
  });

  test('past the limit push out the oldest', () => {
    const ids = new RequestIds({ keepMs: 500, idsMax: 3, nowMs: () => 1000 }, []);
    ids.add(['a', 'b', 'c'].map((key) => request(key, 1000)));
    expect(ids.find('a')).toBeDefined();
    ids.add([request('d', 1000)]);
    expect(ids.find('a')).toBe(undefined);
    expect(['b', 'c', 'd'].every((key) => ids.find(key) !== undefined)).toBe(true);
  });

  test('recovered in any order are known', () => {
    const recovered = [request('late', 1400), request('early', 700), request('old', 400)];
    const ids = new RequestIds({ keepMs: 500, idsMax: 10, nowMs: () => 1000 }, recovered);
    expect(ids.find('late')).toBeDefined();
    expect(ids.find('early')).toBeDefined();
    expect(ids.find('old')).toBe(undefined);
  });

  test('are bounded in length and still told apart', () => {
    const long = 'x'.repeat(10_000);
    expect(requestKey('otlp-http', long).length).toBeLessThan(100);
    expect(requestKey('otlp-http', long)).not.toBe(requestKey('otlp-http', `${long}y`));
    expect(requestKey('otlp-http', 'a')).not.toBe(requestKey('ndjson', 'a'));
  });
});

function request(key: string, atMs: number): CommittedRequest {
  return { key, accepted: 1, rejected: {}, message: '', atMs };
}
