/**
 * Every way of damaging a WAL that we know, on real segments: the server always starts, what is
 * undamaged is stored once, and the accounts add up.
 */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { FaultyFiles } from '../testing/faulty-files.ts';
import {
  PATIENT_LIMITS,
  PipelineFixture,
  send,
  type TextPipeline,
} from '../testing/pipeline-fixture.ts';
import { readWalImage, type LaidFrame, type WalImage } from '../testing/wal-layout.ts';
import { parseSegmentName } from './segment-name.ts';

// Hundreds of starts each.
vi.setConfig({ testTimeout: 180_000 });

const SOURCES = ['otlp-http', 'ndjson', 'import'];
const LIMITS = { ...PATIENT_LIMITS, segmentBytesMax: 2500, frameBytes: 400 };

let image: WalImage;
let segments: readonly string[];

/** Two runs without an engine: some segments, small and large rounds, three sources. */
beforeAll(async () => {
  const fixture = await PipelineFixture.create();
  fixture.engine.isAway = true;
  for (const run of [0, 1]) {
    const pipeline = await fixture.open({ limits: LIMITS });
    for (let index = 0; index < 12; index += 1) await sendRound(pipeline, run * 12 + index);
    await pipeline.close(0);
  }
  image = await readWalImage(fixture.walDir);
  segments = [...image.files.keys()].filter((file) => parseSegmentName(file) !== undefined);
  await fixture.remove();
});

async function sendRound(pipeline: TextPipeline, round: number): Promise<void> {
  const count = round % 5 === 0 ? 40 : 1 + (round % 3);
  const texts = Array.from({ length: count }, (_, index) => `round ${round} record ${index}`);
  const source = SOURCES[round % 3] ?? '';
  const rejected = round % 4 === 0 ? { malformed: 1 } : {};
  await send(pipeline, texts, { source, requestId: `request ${round}`, rejected });
}

interface Mutant {
  readonly files: Map<string, Buffer>;
  /** Files that are damaged in another way than by their bytes. */
  readonly spoil?: (walDir: string) => Promise<void>;
}

describe('the image', () => {
  test('is worth damaging', () => {
    expect(segments.length).toBeGreaterThan(4);
    expect(image.frames.length).toBeGreaterThan(24);
    expect(new Set(image.frames.map(({ groupFirst }) => groupFirst)).size).toBe(24);
  });

  test('is stored whole when nothing is damaged', async () => {
    const result = await survive({ files: copyFiles() });
    expect(result.stored).toHaveLength(allTexts().length);
    expect(result.quarantinedFrames).toBe(0);
  });
});

describe('a WAL survives', () => {
  test('a cut at every byte of its last frame', async () => {
    const last = image.frames.at(-1);
    if (last === undefined) throw new Error('no frame');
    await surviveEach(last.bytes, (_, index) => ({
      files: copyFiles().set(last.file, fileBytes(last.file).subarray(0, last.offset + index)),
    }));
  });

  test('a flipped bit anywhere', async () => {
    await surviveEach(200, (random) => ({ files: flipped(random) }));
  });

  test('two flipped bits', async () => {
    await surviveEach(60, (random) => ({ files: flipped(random, flipped(random)) }));
  });

  test('zeros at the end of a segment', async () => {
    await surviveEach(40, (random) => ({
      files: changed(random, (bytes, at) => Buffer.from(bytes).fill(0, at)),
    }));
  });

  test('a cut, and zeros after it', async () => {
    await surviveEach(40, (random) => ({
      files: changed(random, (bytes, at) =>
        Buffer.concat([bytes.subarray(0, at), Buffer.alloc(Math.floor(random() * 5000))]),
      ),
    }));
  });

  test('foreign bytes in the middle', async () => {
    await surviveEach(40, (random) => {
      const foreign = Buffer.from(Array.from({ length: 200 }, () => Math.floor(random() * 256)));
      const files = changed(random, (bytes, at) =>
        Buffer.concat([bytes.subarray(0, at), foreign, bytes.subarray(at)]),
      );
      return { files };
    });
  });

  test('bytes that are missing in the middle', async () => {
    await surviveEach(60, (random) => {
      const missing = 1 + Math.floor(random() * 600);
      const files = changed(random, (bytes, at) =>
        Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + missing)]),
      );
      return { files };
    });
  });

  test('a segment that is missing, empty, unreadable, or not a file', async () => {
    for (const file of segments) {
      const without = copyFiles();
      without.delete(file);
      await survive({ files: without });
      await survive({ files: copyFiles().set(file, Buffer.alloc(0)) });
      await survive({ files: copyFiles(), spoil: (walDir) => chmod(join(walDir, file), 0) });
      const asDirectory = async (walDir: string): Promise<void> => {
        await mkdir(join(walDir, file));
      };
      await survive({ files: without, spoil: asDirectory });
    }
  });

  test('a segment that is there twice', async () => {
    for (const file of segments) {
      for (const firstFrame of ['0000000000000', '0999999999999']) {
        const files = copyFiles().set(`${firstFrame}${file.slice(13)}`, fileBytes(file));
        const { stored, quarantinedFrames } = await survive({ files });
        expect(stored).toHaveLength(allTexts().length);
        expect(quarantinedFrames).toBe(0);
      }
    }
  });

  test('a segment under the name of another', async () => {
    await surviveEach(segments.length, (_, index) => {
      const other = segments[(index + 1) % segments.length] ?? '';
      return { files: copyFiles().set(segments[index] ?? '', fileBytes(other)) };
    });
  });

  test('frames of another version, and impossible lengths under a sound checksum', async () => {
    const fields = [{ at: 4, value: 9, width: 1 }, ...LENGTHS];
    await surviveEach(image.frames.length * fields.length, (_, index) => {
      const frame = image.frames[Math.floor(index / fields.length)];
      const field = fields[index % fields.length];
      if (frame === undefined || field === undefined) throw new Error('no such frame');
      return { files: copyFiles().set(frame.file, withField(frame, field)) };
    });
  });

  test('a journal of feeding that is damaged or missing', async () => {
    const journals = [...image.files.keys()].filter((file) => file.startsWith('feed-'));
    await surviveEach(30, (random) => ({ files: flipped(random, copyFiles(), journals) }));
    const files = copyFiles();
    for (const journal of journals) files.delete(journal);
    await survive({ files });
  });
});

const LENGTHS = [
  { at: 8, value: 0xffff_ffff, width: 4 },
  { at: 12, value: 0xffff_ffff, width: 4 },
  { at: 12, value: 0x0010_0000, width: 4 },
];

afterAll(() => {
  expect(mutants).toBeGreaterThanOrEqual(500);
});

let mutants = 0;

interface Survival {
  readonly stored: readonly string[];
  readonly quarantinedFrames: number;
}

/** Some at once: each start mostly waits for the disk. */
async function surviveEach(
  count: number,
  mutantOf: (random: () => number, index: number) => Mutant,
): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      await survive(mutantOf(randomOf(index), index));
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
}

/** Opens the mutant twice, and checks all that is promised. */
async function survive(mutant: Mutant): Promise<Survival> {
  mutants += 1;
  const fixture = await PipelineFixture.create();
  try {
    await mkdir(fixture.walDir, { recursive: true });
    for (const [file, bytes] of mutant.files) await writeFile(join(fixture.walDir, file), bytes);
    await mutant.spoil?.(fixture.walDir);
    const first = await runOnce(fixture);
    // A second start changes nothing any more; to see that on some of them is enough.
    if (mutants % 8 === 0) {
      const again = await runOnce(fixture);
      expect(again.accounts).toEqual(first.accounts);
    }
    expect(new Set(fixture.engine.texts()).size).toBe(fixture.engine.texts().length);
    if (mutant.spoil === undefined) {
      const stored = new Set(fixture.engine.texts());
      expect(undamaged(mutant.files).filter((text) => !stored.has(text))).toEqual([]);
    }
    return { stored: fixture.engine.texts(), quarantinedFrames: first.quarantinedFrames };
  } finally {
    await fixture.remove();
  }
}

async function runOnce(
  fixture: PipelineFixture,
): Promise<{ accounts: unknown; quarantinedFrames: number }> {
  const pipeline = await fixture.open({ limits: LIMITS, files: new FaultyFiles({ syncs: false }) });
  await pipeline.flush();
  const accounts = pipeline.accounts();
  const stored = accounts.reduce((sum, account) => sum + account.stored, 0);
  expect(stored).toBe(fixture.engine.texts().length);
  for (const account of accounts) {
    const { received, pending, rejected, shed, quarantined, dropped, duplicate } = account;
    const refused = Object.values(rejected).reduce((sum, count) => sum + count, 0);
    const known = account.stored + pending + refused + shed + quarantined + dropped + duplicate;
    expect(known).toBe(received);
    expect(pending).toBe(0);
  }
  const { quarantinedFrames } = pipeline.status();
  await pipeline.close(1000);
  return { accounts, quarantinedFrames };
}

/**
 * Records of frames whose bytes are all there. Not those of the last group unless all of it is
 * sound: it cannot be told from one that a crash cut short.
 */
function undamaged(files: ReadonlyMap<string, Buffer>): readonly string[] {
  const sound = image.frames.filter((frame) => isSound(frame, files));
  const lastGroup = image.frames.at(-1)?.groupFirst;
  const isWhole = image.frames
    .filter(({ groupFirst }) => groupFirst === lastGroup)
    .every((frame) => isSound(frame, files));
  const known = sound.filter(({ groupFirst }) => groupFirst !== lastGroup || isWhole);
  // Without what comes after it, another group is the last one.
  const end = known.at(-1)?.groupFirst;
  return known.filter(({ groupFirst }) => groupFirst !== end || isWhole).flatMap(textsOf);
}

function isSound({ file, offset, bytes }: LaidFrame, files: ReadonlyMap<string, Buffer>): boolean {
  const before = fileBytes(file).subarray(offset, offset + bytes);
  return files.get(file)?.includes(before) ?? false;
}

function textsOf({ texts }: LaidFrame): readonly string[] {
  return texts;
}

function allTexts(): readonly string[] {
  return image.frames.flatMap(textsOf);
}

function fileBytes(file: string): Buffer {
  return image.files.get(file) ?? Buffer.alloc(0);
}

function copyFiles(): Map<string, Buffer> {
  return new Map(image.files);
}

function flipped(
  random: () => number,
  files: Map<string, Buffer> = copyFiles(),
  among: readonly string[] = segments,
): Map<string, Buffer> {
  const file = pick(among, random);
  const bytes = Buffer.from(files.get(file) ?? Buffer.alloc(0));
  const at = Math.floor(random() * bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  return files.set(file, bytes);
}

/** A segment, changed at a place in it. */
function changed(
  random: () => number,
  change: (bytes: Buffer, at: number) => Buffer,
): Map<string, Buffer> {
  const file = pick(segments, random);
  const bytes = fileBytes(file);
  return copyFiles().set(file, change(bytes, Math.floor(random() * bytes.length)));
}

/** Changes a field of the header and makes its checksum right again. */
function withField(
  { file, offset }: LaidFrame,
  field: { readonly at: number; readonly value: number; readonly width: number },
): Buffer {
  const bytes = Buffer.from(fileBytes(file));
  const salt = parseSegmentName(file)?.salt ?? 0;
  bytes.writeUIntLE(field.value, offset + field.at, field.width);
  bytes.writeUInt32LE(crc32(bytes.subarray(offset, offset + 60), salt), offset + 60);
  return bytes;
}

function pick(items: readonly string[], random: () => number): string {
  return items[Math.floor(random() * items.length)] ?? '';
}

/** Mulberry32: the same mutants in every run. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
