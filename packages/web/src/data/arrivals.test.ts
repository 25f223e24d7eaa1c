import type { Status } from '@tendril/api/status';
import { expect, test } from 'vitest';
import { arrivedSince } from './arrivals.ts';

function statusOf(received: number, sent: number, startedAt = '2026-11-21T00:00:00Z'): Status {
  return {
    startedAt,
    accounts: [{ source: 'loki', received }],
    canaries: [{ receiver: 'loki', sent, refused: 1 }],
  } as unknown as Status;
}

test('canaries are not what is waited for', () => {
  const before = statusOf(10, 4);
  expect(arrivedSince(before, statusOf(13, 7), 'loki')).toBe(0);
  expect(arrivedSince(before, statusOf(15, 7), 'loki')).toBe(2);
  expect(arrivedSince(before, statusOf(15, 7), 'elastic')).toBe(0);
});

test('nothing is said across a restart, whose canaries begin anew', () => {
  expect(arrivedSince(statusOf(10, 4), statusOf(13, 1, '2026-11-21T00:01:00Z'), 'loki')).toBe(0);
});
