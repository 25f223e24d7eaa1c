import type { CollectorReport } from '@tendril/api/collectors';
import { describe, expect, test } from 'vitest';
import { COLLECTORS_MAX, CollectorReports, SOURCES_MAX } from './collector-reports.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

function reportOf(id: string, sourceCount = 1): CollectorReport {
  const source = {
    kind: 'files' as const,
    name: '/var/log/a.log',
    state: 'open' as const,
    trouble: '',
    lines: 3,
    linesPerSecond: 0.3,
    lastLineAt: null,
    lagMs: null,
    gaps: 0,
    lastGap: '',
  };
  return {
    id,
    host: `host of ${id}`,
    startedAt: '2026-11-21T08:00:00.000Z',
    waitingRecords: 0,
    bufferBytes: 0,
    bufferBytesMax: 1,
    sentRecords: 3,
    refusedRecords: 0,
    refusedReason: '',
    sources: Array.from({ length: sourceCount }, () => source),
  };
}

describe('CollectorReports', () => {
  test('keeps the last report of each agent for a day', () => {
    let nowMs = Date.UTC(2026, 10, 21);
    const reports = new CollectorReports(() => nowMs);
    reports.put(reportOf('a'));
    reports.put({ ...reportOf('a'), sentRecords: 7 });
    nowMs += DAY_MS;
    reports.put(reportOf('b'));
    expect(reports.list()).toMatchObject([
      { id: 'a', sentRecords: 7, lastSeenAt: '2026-11-21T00:00:00.000Z' },
      { id: 'b' },
    ]);
    nowMs += 1;
    expect(reports.list().map(({ id }) => id)).toEqual(['b']);
  });

  test('forgets the agents that were silent longest beyond its limits', () => {
    const reports = new CollectorReports(() => 0);
    for (let index = 0; index < COLLECTORS_MAX; index += 1) reports.put(reportOf(`agent ${index}`));
    expect(reports.list()).toHaveLength(COLLECTORS_MAX);
    reports.put(reportOf('agent 0'));
    reports.put(reportOf('one more'));
    const ids = reports.list().map(({ id }) => id);
    expect(ids).toHaveLength(COLLECTORS_MAX);
    expect(ids).toContain('agent 0');
    expect(ids).not.toContain('agent 1');
  });

  test('the sources of all agents are limited too', () => {
    const reports = new CollectorReports(() => 0);
    reports.put(reportOf('first', SOURCES_MAX - 1));
    reports.put(reportOf('second'));
    expect(reports.list()).toHaveLength(2);
    reports.put(reportOf('third'));
    expect(reports.list().map(({ id }) => id)).toEqual(['second', 'third']);
  });
});
