/** What programs and log rotation do to files while they are followed: every line comes out once. */
import {
  appendFile,
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { FilePlace } from './file-place.ts';
import { followFiles, type FollowEvent, type FollowOptions } from './follow-files.ts';

const TIMING = { lookEveryMs: 10, lingerMs: 60, idleMs: 120 };

let folder: string;
let log: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tendril-follow-'));
  log = join(folder, 'app.log');
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Reads in the background, as an agent does. */
class Reader {
  readonly lines: string[] = [];
  readonly events: FollowEvent[] = [];
  readonly places: Map<string, FilePlace> = new Map();
  private readonly abort = new AbortController();
  private readonly running: Promise<void>;
  private resume: Promise<void> = Promise.resolve();

  constructor(options: Partial<FollowOptions> = {}) {
    this.running = this.read({
      include: [log],
      exclude: [],
      start: 'beginning',
      places: [],
      timing: TIMING,
      signal: this.abort.signal,
      onEvent: (event) => this.events.push(event),
      ...options,
    });
  }

  /** Resolves when these came, in whatever order, and nothing else did. */
  async sees(expected: readonly string[]): Promise<void> {
    await vi.waitFor(() => expect(this.lines.length).toBeGreaterThanOrEqual(expected.length), {
      timeout: 10_000,
      interval: 5,
    });
    // What is doubled comes at the next looks.
    for (let look = 0; look < 8; look += 1) await nextLook();
    expect(this.lines.toSorted()).toEqual(expected.toSorted());
  }

  async event(kind: FollowEvent['kind']): Promise<FollowEvent> {
    return await vi.waitFor(() => {
      const found = this.events.find((event) => event.kind === kind);
      if (!found) throw new Error(`no ${kind} among ${JSON.stringify(this.events)}`);
      return found;
    });
  }

  /** Takes nothing until the returned function is called: back-pressure. */
  stall(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.resume = promise;
    return resolve;
  }

  async stop(): Promise<readonly FilePlace[]> {
    this.abort.abort();
    await this.running;
    return [...this.places.values()];
  }

  private async read(options: FollowOptions): Promise<void> {
    for await (const { lines, placeAfter } of followFiles(options)) {
      await this.resume;
      this.lines.push(...lines);
      const place = placeAfter(lines.length);
      this.places.set(place.id, place);
    }
  }
}

function utf16(text: string, order: string): Buffer {
  const bytes = Buffer.from(text, 'utf16le');
  return order === 'be' ? bytes.swap16() : bytes;
}

async function nextLook(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, TIMING.lookEveryMs));
}

let written = 0;

function numbered(count: number): readonly string[] {
  return Array.from({ length: count }, () => {
    written += 1;
    return `2026-06-02 10:00:00 INFO line ${written}`;
  });
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

async function write(count: number, path = log): Promise<readonly string[]> {
  const lines = numbered(count);
  await appendFile(path, textOf(lines));
  return lines;
}

describe('a followed file', () => {
  test('gives what is there and what is appended', async () => {
    const lines = [...(await write(3))];
    const reader = new Reader();
    await reader.sees(lines);
    lines.push(...(await write(2)));
    await reader.sees(lines);
    await reader.stop();
  });

  test('gives only what is new when it starts at the end', async () => {
    await write(3);
    await appendFile(log, 'half a ');
    const reader = new Reader({ start: 'end' });
    await reader.event('opened');
    await appendFile(log, 'line\n');
    const lines = await write(1);
    await reader.sees(['half a line', ...lines]);
    await reader.stop();
  });

  test('gives the last lines before what is new, as many as are asked for', async () => {
    const old = await write(5);
    const reader = new Reader({ start: 'end', tailLines: 2 });
    await reader.sees(old.slice(-2));
    const lines = await write(1);
    await reader.sees([...old.slice(-2), ...lines]);
    await reader.stop();
    const all = new Reader({ start: 'end', tailLines: 50 });
    await all.sees([...old, ...lines]);
    await all.stop();
  });

  test('holds back a line until its line feed', async () => {
    const reader = new Reader();
    await appendFile(log, 'half');
    await reader.event('opened');
    await appendFile(log, ' a line\r');
    await appendFile(log, '\nnext\n');
    await reader.sees(['half a line', 'next']);
    await reader.stop();
  });

  test('goes on after a restart, in the middle of a line too', async () => {
    const lines = [...(await write(1000))];
    await appendFile(log, 'half a ');
    const first = new Reader();
    await first.sees(lines);
    const places = await first.stop();
    await appendFile(log, 'line\n');
    const second = new Reader({ places });
    await second.sees(['half a line']);
    await second.stop();
  });

  test('appears after the start, and in folders that match', async () => {
    const reader = new Reader({ include: [join(folder, '**/*.log')], exclude: ['**/skip.log'] });
    await mkdir(join(folder, 'deep/er'), { recursive: true });
    const lines = [...(await write(2, join(folder, 'deep/er/b.log'))), ...(await write(2))];
    await write(1, join(folder, 'skip.log'));
    await write(1, join(folder, 'other.txt'));
    await reader.sees(lines);
    await reader.stop();
  });

  test('that is deleted is read to its end', async () => {
    const lines = [...(await write(20_000))];
    const reader = new Reader();
    const resume = reader.stall();
    await reader.event('opened');
    await appendFile(log, 'without a line feed');
    await unlink(log);
    resume();
    await reader.sees([...lines, 'without a line feed']);
    await reader.event('closed');
    await reader.stop();
  });

  test('that is replaced under the same inode begins anew', async () => {
    const before = await write(100);
    const first = new Reader();
    await first.sees(before);
    const [place] = await first.stop();
    await unlink(log);
    const after = await write(200);
    if (!place) throw new Error('no place');
    const { dev, ino } = await import('node:fs').then(({ statSync }) => statSync(log));
    // As a file system does that uses inodes again.
    const reused = { ...place, device: String(dev), inode: String(ino) };
    const second = new Reader({ places: [reused] });
    await second.sees(after);
    await second.stop();
  });

  test('that cannot be read is told of once, and read when it can be', async () => {
    const loop = join(folder, 'loop.log');
    await symlink(loop, loop);
    const reader = new Reader({ include: [log, loop] });
    const event = await reader.event('unreadable');
    expect(event).toMatchObject({ path: loop, detail: expect.stringContaining('ELOOP') });
    await unlink(loop);
    const lines = await write(3, loop);
    await reader.sees(lines);
    expect(reader.events.filter(({ kind }) => kind === 'unreadable')).toHaveLength(1);
    await reader.stop();
  });

  test('has long lines, zeros in front and no text at all', async () => {
    const reader = new Reader();
    const long = 'x'.repeat(1_500_000);
    await writeFile(log, `${long}\n\0\0\0\0after a hole\n\n`);
    await reader.sees([long, 'after a hole', '']);
    await reader.stop();
  });
});

describe('an encoding', () => {
  const lines = ['2026-06-02 ERROR 消息 not sent 😀', 'ĊĀ second', '', 'third'];

  test.each(['le', 'be'])('UTF-16%s is read wherever it is cut', async (order) => {
    const bytes = utf16(`\uFEFF${lines.join('\r\n')}\r\n`, order);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length), async (cut) => {
        await rm(log, { force: true });
        await writeFile(log, bytes.subarray(0, cut));
        const before = new Reader();
        await nextLook();
        await nextLook();
        const places = await before.stop();
        await appendFile(log, bytes.subarray(cut));
        const after = new Reader({ places });
        await after.sees(lines.slice(before.lines.length));
        await after.stop();
        expect([...before.lines, ...after.lines]).toEqual(lines);
      }),
      { numRuns: 15 },
    );
  });

  test('UTF-16 is read from its end on, and from an archive', async () => {
    await writeFile(`${log}.1.gz`, gzipSync(utf16(`\uFEFF${lines.join('\n')}\n`, 'le')));
    const archive = new Reader({ include: [`${log}.1.gz`] });
    await archive.sees(lines);
    await archive.stop();
    await writeFile(log, utf16('\uFEFFold\nĊ half', 'le'));
    const reader = new Reader({ start: 'end' });
    await reader.event('opened');
    await appendFile(log, utf16(' whole\nnew\n', 'le'));
    await reader.sees(['Ċ half whole', 'new']);
    await reader.stop();
  });

  test('GB18030 is read between UTF-8', async () => {
    const chinese = new Uint8Array([
      0xcf, 0xfb, 0xcf, 0xa2, 0xb7, 0xa2, 0xcb, 0xcd, 0xca, 0xa7, 0xb0, 0xdc,
    ]);
    await writeFile(log, Buffer.concat([Buffer.from('plain\n'), chinese, Buffer.from('\n消息\n')]));
    const reader = new Reader();
    await reader.sees(['plain', '消息发送失败', '消息']);
    await reader.stop();
  });
});

describe('rotation', () => {
  test('by rename, with a writer that goes on in the old file', async () => {
    const lines = [...(await write(10))];
    const reader = new Reader();
    await reader.sees(lines);
    await rename(log, `${log}.1`);
    lines.push(...(await write(5, `${log}.1`)), ...(await write(5)));
    await reader.sees(lines);
    await reader.stop();
  });

  test('by rename, under a name that the pattern has too', async () => {
    const lines = [...(await write(10))];
    const reader = new Reader({ include: [`${log}*`] });
    await reader.sees(lines);
    for (let round = 0; round < 5; round += 1) {
      for (let number = round; number > 0; number -= 1) {
        await rename(`${log}.${number}`, `${log}.${number + 1}`);
      }
      await rename(log, `${log}.1`);
      lines.push(...(await write(7)));
      await nextLook();
    }
    await reader.sees(lines);
    await reader.stop();
  });

  test('ten times within one look', async () => {
    const lines = [...(await write(3))];
    const reader = new Reader();
    await reader.sees(lines);
    const resume = reader.stall();
    lines.push(...(await write(1)));
    for (let round = 0; round < 10; round += 1) {
      await rename(log, join(folder, `app.log.${100 + round}`));
      lines.push(...(await write(4)));
    }
    resume();
    await reader.sees(lines);
    await reader.stop();
  });

  test('while it is stopped', async () => {
    const include = [`${log}*`];
    const before = await write(50);
    const first = new Reader({ include });
    await first.sees(before);
    const places = await first.stop();
    const lines = [...(await write(5))];
    await rename(log, `${log}.1`);
    lines.push(...(await write(5)));
    const second = new Reader({ include, places });
    await second.sees(lines);
    await second.stop();
  });

  test('by switching a symbolic link', async () => {
    const [a, b] = [join(folder, 'a.data'), join(folder, 'b.data')];
    const lines = [...(await write(5, a))];
    await symlink(a, log);
    const reader = new Reader();
    await reader.sees(lines);
    lines.push(...(await write(5, a)), ...(await write(5, b)));
    await symlink(b, `${log}.new`);
    await rename(`${log}.new`, log);
    await reader.sees(lines);
    await reader.stop();
  });

  test('leaves old rotated files alone that no pattern names', async () => {
    await write(5, `${log}.1`);
    const lines = [...(await write(5))];
    const reader = new Reader();
    await reader.sees(lines);
    await rename(`${log}.1`, `${log}.2`);
    await rename(log, `${log}.1`);
    lines.push(...(await write(5)));
    await reader.sees(lines);
    await reader.stop();
  });

  test('and compression, while it is open', async () => {
    const include = [`${log}*`];
    const lines = [...(await write(50))];
    const reader = new Reader({ include });
    await reader.sees(lines);
    await rename(log, `${log}.1`);
    lines.push(...(await write(5)));
    await compress(`${log}.1`);
    await reader.sees(lines);
    await reader.stop();
  });

  test('and compression, while it is stopped', async () => {
    const include = [`${log}*`];
    const before = await write(50);
    const first = new Reader({ include });
    await first.sees(before);
    const places = await first.stop();
    const lines = [...(await write(30))];
    await rename(log, `${log}.1`);
    await compress(`${log}.1`);
    lines.push(...(await write(5)));
    const second = new Reader({ include, places });
    await second.sees(lines);
    // What was read of the archive is known the next time.
    const later = await second.stop();
    const third = new Reader({ include, places: [...places, ...later] });
    lines.splice(0, lines.length, ...(await write(2)));
    await third.sees(lines);
    await third.stop();
  });

  test('by copy and truncate tells of what may be lost', async () => {
    const lines = [...(await write(50))];
    const reader = new Reader();
    await reader.sees(lines);
    await copyFile(log, `${log}.1`);
    await truncate(log, 0);
    lines.push(...(await write(5)));
    await reader.sees(lines);
    expect(await reader.event('possible_loss')).toMatchObject({ path: log });
    await reader.stop();
  });

  test.each([{ include: 'app.log' }, { include: 'app.log*' }])(
    'by copy and truncate while it is held up reads the rest from the copy ($include)',
    async ({ include }) => {
      const lines = [...(await write(5))];
      const reader = new Reader({ include: [join(folder, include)] });
      await reader.sees(lines);
      const resume = reader.stall();
      lines.push(...(await write(1)));
      await nextLook();
      lines.push(...(await write(20_000)));
      await copyFile(log, `${log}.1`);
      await truncate(log, 0);
      lines.push(...(await write(30_000)));
      resume();
      await reader.sees(lines);
      await reader.stop();
    },
  );

  test('of any kind, in any order', { timeout: 120_000 }, async () => {
    const step = fc.constantFrom('write', 'write', 'rename', 'compress', 'link', 'restart');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        await rm(folder, { recursive: true, force: true });
        await mkdir(folder);
        const include = [`${log}*`];
        const seen: string[] = [];
        let places: readonly FilePlace[] = [];
        let reader = new Reader({ include });
        const lines = [...(await write(20))];
        let number = 0;
        for (const kind of steps) {
          if (kind === 'write') {
            lines.push(...(await write(10)));
          } else if (kind === 'restart') {
            places = places.concat(await reader.stop());
            seen.push(...reader.lines);
            reader = new Reader({ include, places });
          } else {
            number += 1;
            await rename(log, `${log}.${number}`);
            if (kind === 'compress') await compress(`${log}.${number}`);
            lines.push(...(await write(10)));
          }
        }
        await vi.waitFor(
          () => expect([...seen, ...reader.lines].length).toBeGreaterThanOrEqual(lines.length),
          { timeout: 5_000, interval: 5 },
        );
        for (let look = 0; look < 4; look += 1) await nextLook();
        await reader.stop();
        expect([...seen, ...reader.lines].toSorted()).toEqual(lines.toSorted());
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });
});

/** As gzip does: the archive grows beside the file, then the file goes. */
async function compress(path: string): Promise<void> {
  const archive = gzipSync(await readFile(path));
  await writeFile(`${path}.gz`, archive.subarray(0, 20));
  await nextLook();
  await appendFile(`${path}.gz`, archive.subarray(20));
  await unlink(path);
}
