import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { goldenActuals } from '@tendril/testkit/golden';
import { JOINED_LENGTH_MAX, JOINED_LINES_MAX } from './continuation.ts';
import { RecordJoiner, type JoinedRecord } from './record-joiner.ts';

function joined(lines: readonly string[]): JoinedRecord<number>[] {
  const records: JoinedRecord<number>[] = [];
  const joiner = new RecordJoiner<number>((record) => records.push(record));
  for (const [origin, line] of lines.entries()) {
    joiner.push({ text: line, raw: line, lineCount: 1, origin });
  }
  joiner.flush();
  return records;
}

function join(lines: readonly string[]): string[] {
  return joined(lines).map(({ text }) => text);
}

const HEAD = '2026-06-02 01:14:03 ERROR x';

describe('RecordJoiner', () => {
  const cases = goldenActuals(new URL('testdata/join.txt', import.meta.url), (input) =>
    join(input.replaceAll('␛', '\u001b').split('\n'))
      .map((record) => `| ${record.replaceAll('\n', '\n  ')}`)
      .join('\n'),
  );
  test.each(cases)('$name', ({ actual, expected }) => {
    expect(actual).toBe(expected);
  });

  // Not in the golden file, where such lines begin a case.
  test("a statement of MySQL's slow log is joined to its head", () => {
    const first = [
      '# Time: 2026-06-02T01:14:03.101234Z',
      '# User@Host: openim[openim] @ app-1 [10.0.0.7]  Id:    12',
      '# Query_time: 2.153123  Lock_time: 0.000112 Rows_sent: 1  Rows_examined: 1203341',
      'use chat;',
      'SET timestamp=1780362843;',
      'SELECT COUNT(*)',
      'FROM messages;',
    ];
    const second = [
      '# User@Host: openim[openim] @ app-1 [10.0.0.7]  Id:    12',
      '# Query_time: 1.1  Lock_time: 0.000112 Rows_sent: 1  Rows_examined: 1',
      'SELECT 1;',
    ];
    const before = '/usr/sbin/mysqld, Version: 8.0.36. started with:';
    expect(join([before, ...first, ...second, 'something else'])).toEqual([
      before,
      first.join('\n'),
      second.join('\n'),
      'something else',
    ]);
  });

  test('a carriage return that a wrapper kept is no part of a line', () => {
    const panic = ['panic: boom', '', 'goroutine 1 [running]:', 'main.main()', '\t/app/main.go:9'];
    expect(join([...panic, HEAD].map((line) => `${line}\r`))).toEqual([panic.join('\n'), HEAD]);
  });

  test(`joins ${JOINED_LINES_MAX} lines and not one more`, () => {
    const lines = [
      '2026-06-02 01:14:03 ERROR x',
      ...Array<string>(JOINED_LINES_MAX).fill('  at f'),
    ];
    const [first = '', second = ''] = join(lines);
    expect(first.split('\n')).toHaveLength(JOINED_LINES_MAX);
    expect(second).toBe('  at f');
  });

  test('what is beyond the limit is joined again', () => {
    const frames = Array<string>(2 * JOINED_LINES_MAX).fill('  at f');
    const counts = joined(['2026-06-02 01:14:03 ERROR x', ...frames]).map(
      ({ lineCount }) => lineCount,
    );
    expect(counts).toEqual([JOINED_LINES_MAX, JOINED_LINES_MAX, 1]);
  });

  test('a record grows to the length limit and not past it', () => {
    const head = '2026-06-02 01:14:03 ERROR x';
    const frame = (length: number): string => ` ${'y'.repeat(length - 1)}`;
    const room = JOINED_LENGTH_MAX - head.length - 1;
    expect(join([head, frame(room)])).toHaveLength(1);
    expect(join([head, frame(room + 1)])).toHaveLength(2);
  });

  test('takes time in proportion to the length of lines', () => {
    // A pattern that backtracks takes minutes here: the test then runs out of time.
    const heads = [
      'panic: x',
      HEAD,
      "thread 'a' panicked at b:1:1:",
      'java.lang.Error',
      'Traceback (most recent call last):',
      '/a:1',
    ];
    const parts = ['(', ')', 'a.', 'a/', '(a)', ' ', '1:', '[', 'A', 'Error', '\u001b['];
    for (const head of heads) {
      const lines = parts.map((part) => part.repeat(20_000 / part.length));
      expect(joined([head, ...lines, ...lines]).length).toBeGreaterThan(0);
    }
  });

  test('keeps every line that is not blank, as it was read', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (texts) => {
        const lines = texts.map((text) => text.replaceAll(/[\n\r]/g, ' '));
        const kept = joined(lines).flatMap(({ raw }) => raw.split('\n'));
        expect(kept.filter(isVisible)).toEqual(lines.filter(isVisible));
      }),
    );
  });

  test('counts the lines of a record, blank ones within it too, and knows its first', () => {
    const lines = ['', 'panic: x', '', 'goroutine 1 [running]:', '\tmain.go:1', '', '', 'next'];
    expect(joined(lines)).toEqual([
      {
        text: 'panic: x\n\ngoroutine 1 [running]:\n\tmain.go:1',
        raw: 'panic: x\n\ngoroutine 1 [running]:\n\tmain.go:1',
        lineCount: 4,
        origin: 1,
      },
      { text: 'next', raw: 'next', lineCount: 1, origin: 7 },
    ]);
  });

  test('a flush ends the record; what would have belonged to it begins another', () => {
    const records: string[] = [];
    const joiner = new RecordJoiner<string>(({ text }) => records.push(text));
    const push = (text: string): boolean =>
      joiner.push({ text, raw: text, lineCount: 1, origin: 'x' });
    expect(push('2026-06-02 01:14:03 ERROR x')).toBe(true);
    joiner.flush();
    expect(push('\tat f')).toBe(true);
    expect(push('\tat g')).toBe(false);
    joiner.flush();
    joiner.flush();
    expect(records).toEqual(['2026-06-02 01:14:03 ERROR x', '\tat f\n\tat g']);
  });
});

function isVisible(line: string): boolean {
  return /\S/.test(line);
}
