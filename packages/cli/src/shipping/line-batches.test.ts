import { describe, expect, test } from 'vitest';
import { BATCH_LENGTH_MAX, BATCH_LINES_MAX, LOOKAHEAD_LINES, LineBatcher } from './line-batches.ts';

const HEAD = '2026-06-02 01:14:03 ERROR failed';
const FRAME = '\tat com.acme.Im.send(Im.java:42)';

function batchesOf(lines: readonly string[]): (readonly string[])[] {
  const batcher = new LineBatcher();
  const complete = lines.flatMap((line) => {
    const batch = batcher.push(line);
    return batch ? [batch] : [];
  });
  return [...complete, batcher.take()];
}

function of(count: number, line: string): string[] {
  return Array<string>(count).fill(line);
}

describe('LineBatcher', () => {
  test('cuts as soon as a batch is full', () => {
    const sizes = batchesOf(of(2 * BATCH_LINES_MAX + 1, HEAD)).map(({ length }) => length);
    expect(sizes).toEqual([BATCH_LINES_MAX, BATCH_LINES_MAX, 1]);
    const long = batchesOf(of(3, 'x'.repeat(BATCH_LENGTH_MAX)));
    expect(long.map(({ length }) => length)).toEqual([1, 1, 1]);
  });

  test('never cuts a record', () => {
    const lines = [...of(BATCH_LINES_MAX - 2, HEAD), HEAD, ...of(20, FRAME), HEAD, FRAME];
    const [first = [], second = []] = batchesOf(lines);
    expect(first).toHaveLength(BATCH_LINES_MAX - 2 + 21);
    expect(second).toEqual([HEAD, FRAME]);
  });

  test('never cuts a record whose lines stand between those of another stream', () => {
    const of2 = (text: string): string => `2026-06-02T09:14:03.1Z stderr F ${text}`;
    const other = '2026-06-02T09:14:03.1Z stdout F 2026-06-02 09:14:03 INFO ready';
    const trace = [HEAD, ...of(60, FRAME)].flatMap((text) => [of2(text), other]);
    const lines = [...of(BATCH_LINES_MAX - 50, other), ...trace, ...of(2000, other)];
    const batches = batchesOf(lines);
    expect(batches.flat()).toEqual(lines);
    expect(batches.length).toBeGreaterThan(1);
    const withTrace = batches.filter((batch) => batch.some((line) => line.includes(' stderr ')));
    expect(withTrace).toHaveLength(1);
  });

  test('cuts all the same when a record has no end in sight', () => {
    const lines = Array.from({ length: 3 * BATCH_LINES_MAX }, (_, index) =>
      index % 2 === 0 ? `2026-06-02T09:14:03.1Z stderr P ${index}` : HEAD,
    );
    const batches = batchesOf(lines);
    expect(batches.flat()).toEqual(lines);
    for (const batch of batches) {
      expect(batch.length).toBeLessThanOrEqual(BATCH_LINES_MAX + LOOKAHEAD_LINES + 1);
    }
  });

  test('knows the number of the next line', () => {
    const batcher = new LineBatcher();
    for (const line of of(BATCH_LINES_MAX + 1, HEAD)) batcher.push(line);
    expect(batcher.nextNumber).toBe(BATCH_LINES_MAX);
    batcher.take();
    expect(batcher.nextNumber).toBe(BATCH_LINES_MAX + 1);
  });

  test('of a source that goes on, the last record waits until nothing more has come', () => {
    const batcher = new LineBatcher();
    batcher.push(HEAD);
    expect(batcher.takeSettled()).toEqual([]);
    batcher.push(FRAME);
    expect(batcher.takeSettled()).toEqual([]);
    expect(batcher.takeSettled()).toEqual([HEAD, FRAME]);
    expect(batcher.takeSettled()).toEqual([]);
    for (const line of [HEAD, FRAME, HEAD]) batcher.push(line);
    expect(batcher.takeSettled()).toEqual([HEAD, FRAME]);
    expect(batcher.takeSettled()).toEqual([HEAD]);
  });
});
