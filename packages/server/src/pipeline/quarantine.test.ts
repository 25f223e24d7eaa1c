import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Quarantine } from './quarantine.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tendril-quarantine-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

describe('quarantine', () => {
  test('keeps the bytes and the reason, once', async () => {
    const quarantine = await open(100);
    await quarantine.keepBytes(entry('a'), [Buffer.from('one'), Buffer.from('two')]);
    await quarantine.keepBytes(entry('a'), [Buffer.from('other')]);
    expect(await readFile(join(directory, 'a.bin'), 'utf8')).toBe('onetwo');
    expect(await notes()).toEqual([entry('a')]);
  });

  test('keeps a stretch of a file', async () => {
    const path = join(directory, 'segment');
    await writeFile(path, 'abcdefgh');
    const quarantine = await open(100);
    await quarantine.keepRange(entry('b'), { path, offset: 2, bytes: 3 });
    expect(await readFile(join(directory, 'b.bin'), 'utf8')).toBe('cde');
  });

  test('past its size keeps the reason only', async () => {
    const quarantine = await open(6);
    await quarantine.keepBytes(entry('fits'), [Buffer.alloc(6)]);
    await quarantine.keepBytes(entry('over'), [Buffer.alloc(1)]);
    expect((await readdir(directory)).sort()).toEqual(['fits.bin', 'quarantine.jsonl']);
    expect(await notes()).toEqual([entry('fits'), entry('over')]);
  });

  test('never throws, whatever the disk does', async () => {
    const warnings: string[] = [];
    const warn = (message: string): unknown => warnings.push(message);
    await writeFile(join(directory, 'file'), '');
    const quarantine = await Quarantine.open({
      directory: join(directory, 'file'),
      bytesMax: 1,
      warn,
    });
    await quarantine.keepBytes(entry('a'), [Buffer.alloc(1)]);
    await quarantine.keepFile(entry('a'), join(directory, 'missing'));
    expect(warnings).toContain('cannot keep in quarantine');
  });
});

async function open(bytesMax: number): Promise<Quarantine> {
  return await Quarantine.open({ directory, bytesMax, warn: () => undefined });
}

function entry(name: string): { name: string; reason: string; records: number; atMs: number } {
  return { name, reason: 'torn', records: 3, atMs: 1000 };
}

async function notes(): Promise<unknown[]> {
  const text = await readFile(join(directory, 'quarantine.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}
