import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isQuietText } from '../formats/quiet-text.ts';
import { standsAlone } from './continuation.ts';
import { isLogged } from './line-shape.ts';
import { RecordJoiner } from './record-joiner.ts';

const LINES = [
  'user 17 connected',
  'token of user 12 was renewed',
  '用户 17 已连接',
  '错误 用户 17',
  '码INFO 用户',
  'cache miss key=UID_TOKEN:12:5 I]',
  'info user 17 connected',
  'error-code mismatch',
  'INFO-x started',
  '2026-06-02 09:14:03 [Recovery] panic recovered',
  '2026-06-02 09:14:03.101 [INFO] [PID:7] {',
  '2026/06/02 09:14:03 [Recovery] \u001b[31mpanic',
  'ends here\u001b[0m',
  '\tat com.acme.Im.send(Im.java:7)',
  '    indented',
  'Caused by: java.io.IOException: closed',
  'java.lang.IllegalStateException: no',
  'Traceback (most recent call last):',
  'ValueError: x',
  'panic: nil',
  'goroutine 1 [running]:',
  'main.run(0xc000)',
  'github.com/acme/im.Send',
  'exit status 2',
  '# Time: 7',
  'SELECT 1;',
  'Jun 02, 2026 9:14:03 AM com.acme.Im send',
  'value [1\t[v3.8.3',
  ']\t[im]',
  '{',
  '}',
  '',
  '/app/im.js:7',
  'throw new Error("x")',
  "thread 'main' panicked at src/main.rs:7:1:",
  'note: run with RUST_BACKTRACE',
];

const alone = LINES.filter((line) => (isQuietText(line) || !isLogged(line)) && standsAlone(line));

test('a line that stands alone is a record of its own, whatever comes after it', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...alone),
      fc.array(fc.constantFrom(...LINES), { maxLength: 6 }),
      (first, others) => {
        const records: string[] = [];
        const joiner = new RecordJoiner<string>(({ raw }) => records.push(raw));
        for (const text of [first, ...others]) {
          joiner.push({ text, raw: text, lineCount: 1, origin: 'of one source' });
        }
        joiner.flush();
        expect(records[0]).toBe(first);
      },
    ),
    { numRuns: 1_000 },
  );
});

test('messages stand alone, and what begins a record of several lines does not', () => {
  expect(alone).toEqual([
    'user 17 connected',
    'token of user 12 was renewed',
    '用户 17 已连接',
    '错误 用户 17',
    'cache miss key=UID_TOKEN:12:5 I]',
    'Caused by: java.io.IOException: closed',
    'main.run(0xc000)',
    'exit status 2',
    'SELECT 1;',
    'throw new Error("x")',
    'note: run with RUST_BACKTRACE',
  ]);
});
