import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sourcesOf } from './registry.ts';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tendril-sources-'));
  for (const folder of ['b', 'b/deep', '.hidden']) mkdirSync(join(directory, folder));
  for (const file of ['a.log', 'a10.log', 'a2.log', 'b/deep/c.log.gz', '.hidden/x.log', '.dot']) {
    writeFileSync(join(directory, file), 'x\n');
  }
  symlinkSync(join(directory, 'a.log'), join(directory, 'b/link.log'));
  symlinkSync(directory, join(directory, 'b/circle'));
});
afterAll(() => rmSync(directory, { recursive: true }));

async function names(...argumentList: string[]): Promise<string[]> {
  const stdin = (async function* () {})();
  const sources = await sourcesOf(argumentList, { stdin });
  return sources.map(({ name }) => (name === '-' ? name : relative(directory, name)));
}

describe('sourcesOf', () => {
  test('takes directories whole, in natural order, each file once, hidden ones not', async () => {
    expect(await names(directory)).toEqual(['a.log', 'a2.log', 'a10.log', 'b/deep/c.log.gz']);
  });

  test('takes files, globs and standard input', async () => {
    expect(await names(join(directory, 'a?.log'), '-')).toEqual(['a2.log', '-']);
    expect(await names(join(directory, '.dot'))).toEqual(['.dot']);
    expect(await names(join(directory, '**/*.gz'))).toEqual(['b/deep/c.log.gz']);
  });

  test('an argument that names nothing is an error', async () => {
    await expect(names(join(directory, '*.nothing'))).rejects.toMatchObject({
      code: 'no_such_file',
    });
  });
});
