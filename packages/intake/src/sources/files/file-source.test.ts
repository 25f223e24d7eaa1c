import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Checkpoint, ReadOptions } from '../line-source.ts';
import { fileSource } from './file-source.ts';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tendril-file-source-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function write(name: string, content: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

interface Read {
  readonly lines: readonly string[];
  readonly checkpoint: Checkpoint | undefined;
}

async function read(path: string, options: ReadOptions = {}): Promise<Read> {
  const lines: string[] = [];
  let checkpoint: Checkpoint | undefined;
  for await (const batch of (await fileSource(path)).read(options)) {
    lines.push(...batch.lines);
    checkpoint = batch.checkpointAfter(batch.lines.length);
  }
  return { lines, checkpoint };
}

const MANY = Array.from({ length: 50_000 }, (_, index) => `line ${index} 我们`);

describe('fileSource', () => {
  test.each<[string, (text: string) => string | Uint8Array]>([
    ['plain', (text) => text],
    ['gzip', (text) => gzipSync(text)],
    ['zstd', (text) => zstdCompressSync(text)],
    [
      'gzip of two members',
      (text) => Buffer.concat([gzipSync(text.slice(0, 9000)), gzipSync(text.slice(9000))]),
    ],
    ['UTF-16', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['UTF-16 BE without a mark', (text) => Buffer.from(text, 'utf16le').swap16()],
    ['UTF-16 in gzip', (text) => gzipSync(Buffer.from(`\uFEFF${text}`, 'utf16le'))],
  ])('reads %s, and reads on from any checkpoint', async (name, encode) => {
    const path = write(`${name}.log`, encode(`${MANY.join('\n')}\n`));
    expect((await read(path)).lines).toEqual(MANY);
    let seen = 0;
    for await (const batch of (await fileSource(path)).read({})) {
      // In the middle of what was read at once.
      const part = Math.ceil(batch.lines.length / 2);
      if (seen + part > 20_000) {
        seen += part;
        const rest = await read(path, { checkpoint: batch.checkpointAfter(part) });
        expect(rest.lines).toEqual(MANY.slice(seen));
        return;
      }
      seen += batch.lines.length;
    }
    expect.fail('the file was read at once');
  });

  test('a file that has grown is read from where it was left', async () => {
    const path = write('grown.log', 'one\ntwo\n');
    const { checkpoint } = await read(path);
    appendFileSync(path, 'three\n');
    expect((await read(path, { checkpoint })).lines).toEqual(['three']);
  });

  test('another file under the same name is read from its beginning', async () => {
    const path = write('replaced.log', 'one\ntwo\n');
    const { checkpoint } = await read(path);
    write('replaced.log', 'uno\ndos\ntres\n');
    expect((await read(path, { checkpoint })).lines).toEqual(['uno', 'dos', 'tres']);
  });

  test('the last line needs no line end; an empty file has no lines', async () => {
    expect((await read(write('open.log', 'one\ntwo'))).lines).toEqual(['one', 'two']);
    expect((await read(write('empty.log', ''))).lines).toEqual([]);
  });

  test('a compressed file that breaks off is an error, after the lines before', async () => {
    const whole = gzipSync(MANY.join('\n'));
    const path = write('broken.gz', whole.subarray(0, whole.length / 2));
    const lines: string[] = [];
    const reading = (async () => {
      for await (const batch of (await fileSource(path)).read({})) lines.push(...batch.lines);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'unreadable_file' });
    expect(lines.length).toBeGreaterThan(0);
  });

  test.each([
    ['plain', Buffer.from('a\0b')],
    ['in gzip', gzipSync(Buffer.from('a\0b'))],
  ])('a binary file is refused, %s', async (name, content) => {
    await expect(read(write(`binary ${name}`, content))).rejects.toMatchObject({
      code: 'binary_file',
    });
  });

  test('a missing file is an error that names it', async () => {
    await expect(fileSource(join(directory, 'missing'))).rejects.toMatchObject({
      code: 'unreadable_file',
      params: { path: join(directory, 'missing') },
    });
  });
});
