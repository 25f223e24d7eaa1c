import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BoundedLog } from './bounded-log.ts';

describe('a bounded log', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tendril-log-'));
    file = join(folder, 'log', 'engine.log');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('goes on with a file that is there, for its owner alone', async () => {
    for (const text of ['one\n', 'two\n']) {
      const log = new BoundedLog(file);
      log.write(Buffer.from(text));
      await log.close();
    }
    expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('keeps one file besides, whatever is written', async () => {
    const log = new BoundedLog(file, 100);
    for (let line = 0; line < 50; line += 1) log.write(Buffer.from(`line ${line} .........\n`));
    await log.close();
    expect(statSync(file).size).toBeLessThanOrEqual(100);
    expect(statSync(`${file}.1`).size).toBeLessThanOrEqual(100);
    expect(existsSync(`${file}.2`)).toBe(false);
    expect(readFileSync(file, 'utf8')).toContain('line 49');
  });

  test('knows the last words of the run, and only of this one', async () => {
    const log = new BoundedLog(file);
    log.write(Buffer.from('of the run before'));
    log.beginRun();
    log.write(Buffer.from('x'.repeat(10_000)));
    log.write(Buffer.from('the end\n'));
    expect(log.tail()).toMatch(/^x+the end$/);
    expect(log.tail().length).toBeLessThanOrEqual(4_000);
    await log.close();
  });
});
