import { COLLECTED_SOURCES_MAX } from '@tendril/api/collectors';
import { describe, expect, test } from 'vitest';
import { CollectionHealth } from './collection-health.ts';

const BEGIN_MS = Date.UTC(2026, 10, 21);

describe('CollectionHealth', () => {
  test('tells rate, age of the newest line, and what may be lost', () => {
    let nowMs = BEGIN_MS;
    const health = new CollectionHealth(() => nowMs);
    const lines = {
      kind: 'files' as const,
      name: '/a.log',
      sourceName: '/*.log',
      lineCount: 50,
      writtenMs: BEGIN_MS,
    };
    nowMs += 5_000;
    health.read(lines);
    health.note('files', { kind: 'possible_loss', path: '/a.log', detail: 'truncated' });
    expect(health.report()).toEqual([
      {
        kind: 'files',
        name: '/a.log',
        state: 'open',
        trouble: '',
        lines: 50,
        linesPerSecond: 10,
        lastLineAt: new Date(nowMs).toISOString(),
        lagMs: 5_000,
        gaps: 1,
        lastGap: 'truncated',
      },
    ]);
    nowMs += 1_000;
    health.read({ ...lines, writtenMs: undefined });
    expect(health.report()).toMatchObject([{ lines: 100, linesPerSecond: 50, lagMs: 5_000 }]);
  });

  test('says why a source is not read, until it is again', () => {
    const health = new CollectionHealth(() => BEGIN_MS);
    const stateOf = (): string[] =>
      health.report().flatMap(({ state, trouble }) => [state, trouble]);
    health.note('docker', { kind: 'interrupted', path: 'db', detail: 'connection reset' });
    expect(stateOf()).toEqual(['interrupted', 'connection reset']);
    health.note('docker', { kind: 'opened', path: 'db', detail: '' });
    expect(stateOf()).toEqual(['open', '']);
    health.note('docker', { kind: 'unreadable', path: 'db', detail: 'driver none' });
    health.read({
      kind: 'docker',
      name: 'db',
      sourceName: 'docker',
      lineCount: 1,
      writtenMs: undefined,
    });
    expect(stateOf()).toEqual(['open', '']);
  });

  test('what is over is not told of for ever', () => {
    let nowMs = BEGIN_MS;
    const health = new CollectionHealth(() => nowMs);
    const names = (): string[] => health.report().map(({ name }) => name);
    health.note('kubernetes', { kind: 'interrupted', path: 'the API', detail: 'away' });
    health.note('files', { kind: 'closed', path: '/old.log', detail: 'at byte 7' });
    health.note('files', { kind: 'unreadable', path: '/shadow', detail: 'permission denied' });
    nowMs += 600_000;
    expect(names()).toEqual(['/shadow', '/old.log', 'the API']);
    nowMs += 1;
    expect(names()).toEqual(['/shadow']);
  });

  test('a source that failed as a whole is well when it gives lines', () => {
    const health = new CollectionHealth(() => BEGIN_MS);
    health.note('journald', { kind: 'unreadable', path: 'journald', detail: 'no journalctl' });
    const lines = { name: 'api.service', sourceName: 'journald', lineCount: 1 };
    health.read({ kind: 'journald', ...lines, writtenMs: BEGIN_MS });
    expect(health.report()).toMatchObject([{ name: 'api.service', state: 'open' }]);
  });

  test('remembers the sources that were heard of last', () => {
    const health = new CollectionHealth(() => BEGIN_MS);
    for (let index = 0; index <= COLLECTED_SOURCES_MAX; index += 1) {
      health.note('files', { kind: 'opened', path: `/${index}.log`, detail: '' });
    }
    const names = health.report().map(({ name }) => name);
    expect(names).toHaveLength(COLLECTED_SOURCES_MAX);
    expect(names[0]).toBe(`/${COLLECTED_SOURCES_MAX}.log`);
    expect(names.at(-1)).toBe('/1.log');
  });
});
