import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DiskBuffer, type DiskBufferOptions } from './disk-buffer.ts';

let directory: string;
const { signal } = new AbortController();

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tendril-buffer-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function open(options: Partial<DiskBufferOptions> = {}): Promise<DiskBuffer<string>> {
  return await DiskBuffer.open<string>({
    directory,
    bytesMax: 1_000_000,
    acknowledged: 0,
    segmentBytes: 1_000,
    ...options,
  });
}

async function add(buffer: DiskBuffer<string>, from: number, to: number): Promise<void> {
  for (let number = from; number <= to; number += 1) {
    const request = Buffer.from(`request ${number} `.repeat(20));
    const places = [`place ${number}`];
    await buffer.add({ batchId: `batch ${number}`, recordCount: number, places, request });
  }
}

function batchIds(buffer: DiskBuffer<string>): readonly string[] {
  return buffer.entries.map(({ batchId }) => batchId);
}

describe('a buffer', () => {
  test('gives entries in order, with what they hold', async () => {
    const buffer = await open();
    await add(buffer, 1, 9);
    for (let number = 1; number <= 9; number += 1) {
      const entry = await buffer.next(signal);
      expect(entry).toMatchObject({ batchId: `batch ${number}`, recordCount: number, number });
      expect(String(await entry?.request())).toBe(`request ${number} `.repeat(20));
    }
    await buffer.close();
  });

  test('keeps what several sources add at the same time', async () => {
    const first = await open({ segmentBytes: 1_000_000 });
    await add(first, 1, 1);
    await Promise.all(Array.from({ length: 19 }, (_, index) => add(first, index + 2, index + 2)));
    await first.close();
    const second = await open();
    const requests = await Promise.all(second.entries.map(({ request }) => request()));
    expect(requests.map((request) => /\d+/.exec(String(request))?.[0])).toEqual(
      Array.from({ length: 20 }, (_, index) => String(index + 1)),
    );
    await second.close();
  });

  test('keeps what was not acknowledged over a restart, and counts on', async () => {
    const first = await open();
    await add(first, 1, 9);
    await first.close();
    const second = await open({ acknowledged: 4 });
    expect(batchIds(second)).toEqual(['batch 5', 'batch 6', 'batch 7', 'batch 8', 'batch 9']);
    await add(second, 10, 10);
    expect(second.entries.at(-1)).toMatchObject({ number: 10 });
    expect(String(await second.entries[0]?.request())).toContain('request 5');
    await second.close();
  });

  test('gives room back when entries are released, and not before', async () => {
    const buffer = await open({ bytesMax: 2_000 });
    await add(buffer, 1, 9);
    expect(buffer.isFull).toBe(true);
    for (let number = 1; number <= 9; number += 1) (await buffer.next(signal))?.release();
    expect(buffer.isFull).toBe(true);
    await buffer.removeReleased();
    expect(buffer.isFull).toBe(false);
    expect((await readdir(directory)).length).toBeLessThanOrEqual(1);
    await buffer.close();
  });

  test('cut at any byte gives the entries before the cut', async () => {
    const buffer = await open({ segmentBytes: 1_000_000 });
    await add(buffer, 1, 3);
    await buffer.close();
    const [name = ''] = await readdir(directory);
    const path = join(directory, name);
    const whole = await readFile(path);
    for (let cut = whole.length; cut > 0; cut -= 7) {
      await writeFile(path, whole);
      await truncate(path, cut);
      const left = await open();
      const expected = ['batch 1', 'batch 2', 'batch 3'].slice(0, batchIds(left).length);
      expect(batchIds(left)).toEqual(expected);
      expect(batchIds(left).length).toBe(Math.floor((cut * 3) / whole.length));
      await left.close();
    }
  });

  test('with a flipped byte gives nothing that is not whole', async () => {
    const buffer = await open({ segmentBytes: 1_000_000 });
    await add(buffer, 1, 3);
    await buffer.close();
    const [name = ''] = await readdir(directory);
    const path = join(directory, name);
    const whole = await readFile(path);
    for (let at = 0; at < whole.length; at += 11) {
      const flipped = Buffer.from(whole);
      flipped.writeUInt8(flipped.readUInt8(at) ^ 0x20, at);
      await writeFile(path, flipped);
      const left = await open();
      expect(batchIds(left).length).toBe(Math.floor((at * 3) / whole.length));
      await left.close();
    }
  });
});
