import { describe, expect, test } from 'vitest';
import { blocksOf, planLength, tablesInOrder } from './insert-plan.ts';
import type { PendingFrame } from './pending-frame.ts';

const LIMITS = { recordsMax: 10, bytesMax: 100, partitionsMax: 3, framesMax: 5 };

describe('a plan', () => {
  test('takes what there is when that is within the limits', () => {
    expect(planLength([], LIMITS)).toBe(0);
    expect(planLength([frame({ recordCount: 10, bytes: 100 })], LIMITS)).toBe(1);
    expect(planLength(frames(5, {}), LIMITS)).toBe(5);
  });

  test.each([
    ['records', frames(3, { recordCount: 5 }), 2],
    ['bytes', frames(3, { bytes: 50 }), 2],
    ['frames', frames(6, {}), 5],
    ['partitions', [1, 2, 3, 4].map((day) => frame({ partitions: [day] })), 3],
  ])('ends before the frame that is one past the limit of %s', (_, waiting, expected) => {
    expect(planLength(waiting, LIMITS)).toBe(expected);
  });

  test('takes a frame that alone is past the limits', () => {
    expect(planLength(frames(2, { recordCount: 11, bytes: 1000 }), LIMITS)).toBe(1);
  });
});

describe('the order of tables', () => {
  test('keeps that of every frame, wherever a table first appears', () => {
    const waiting = [
      tables('logs', 'fields'),
      tables('resources', 'logs'),
      tables('logs', 'fields'),
    ];
    expect(tablesInOrder(waiting)).toEqual(['resources', 'logs', 'fields']);
  });

  test('puts the blocks of a table in the order of their frames', () => {
    const waiting = [tables('resources', 'logs'), tables('logs')];
    expect(blocksOf(waiting, 'logs')).toHaveLength(2);
    expect(blocksOf(waiting, 'resources')).toHaveLength(1);
    expect(blocksOf(waiting, 'fields')).toEqual([]);
  });
});

const release = (): void => undefined;

function frame(parts: Partial<PendingFrame>): PendingFrame {
  const nothing = { records: {}, partitions: [], tables: [], bytes: 0, atMs: 0, release };
  return { frame: 1, recordCount: 1, ...nothing, ...parts };
}

function frames(count: number, parts: Partial<PendingFrame>): readonly PendingFrame[] {
  return Array.from({ length: count }, () => frame(parts));
}

function tables(...names: readonly string[]): PendingFrame {
  return frame({ tables: names.map((table) => ({ table, bytes: Buffer.from(table) })) });
}
