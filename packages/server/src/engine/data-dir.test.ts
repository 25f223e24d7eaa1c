import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dataDirHolder, openDataDir, type DataDir } from './data-dir.ts';
import { processStart } from './process-identity.ts';

describe('openDataDir', () => {
  let root: string;
  let path: string;
  const opened: DataDir[] = [];

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'tendril-data-'));
    path = join(root, 'data');
  });
  afterEach(() => {
    for (const dataDir of opened.splice(0)) dataDir.close();
    rmSync(root, { recursive: true });
  });

  const open = (): DataDir => {
    const dataDir = openDataDir(path);
    opened.push(dataDir);
    return dataDir;
  };
  const lockOf = (holder: unknown): void => {
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'tendril.lock'), JSON.stringify(holder));
  };

  test('makes the directory and all in it for its owner alone', () => {
    const { enginePath, runPath, logPath, walPath, quarantinePath, statePath } = open();
    for (const folder of [path, enginePath, runPath, logPath, walPath, quarantinePath, statePath]) {
      expect(statSync(folder).mode & 0o777).toBe(0o700);
    }
    expect(readFileSync(join(path, 'format'), 'utf8')).toBe('1\n');
  });

  test('closes a directory to others that was open to them', () => {
    mkdirSync(path, { mode: 0o755 });
    open();
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  test('opens again what was closed', () => {
    open().close();
    expect(dataDirHolder(path)).toBeUndefined();
    expect(open().path).toBe(path);
  });

  test('refuses a second server, naming the first', () => {
    open();
    expect(() => openDataDir(path)).toThrow(
      expect.objectContaining({ code: 'data_dir_locked', params: { path, pid: process.pid } }),
    );
    expect(() => openDataDir(path)).toThrow(`process ${process.pid}`);
    expect(dataDirHolder(path)).toBe(process.pid);
  });

  test('refuses while another process has it, and not once that was killed', async () => {
    const script = `import { openDataDir } from ${JSON.stringify(new URL('data-dir.ts', import.meta.url).href)};
      openDataDir(process.argv[1]);
      console.log('open');
      setInterval(() => {}, 1000);`;
    const server = spawn(
      process.execPath,
      ['--conditions=source', '--input-type=module', '-e', script, path],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(server.stdout, 'data');
    expect(() => openDataDir(path)).toThrow(`process ${server.pid}`);
    server.kill('SIGKILL');
    await once(server, 'exit');
    expect(open().path).toBe(path);
    expect(dataDirHolder(path)).toBe(process.pid);
  });

  test.each([
    ['of a process that is gone', { pid: 2 ** 22 + 1, start: 'x' }],
    ['whose process id another process has now', { pid: process.pid, start: 'earlier' }],
    ['that nobody can read', 'nonsense'],
  ])('takes over a lock %s', (_name, holder) => {
    lockOf(holder);
    open();
    expect(dataDirHolder(path)).toBe(process.pid);
  });

  test('leaves nothing but its lock behind when it takes over', () => {
    lockOf({ pid: 2 ** 22 + 1, start: 'x' });
    writeFileSync(join(path, 'tendril.lock.takeover'), 'of one that was killed while it took over');
    open();
    expect(existsSync(join(path, 'tendril.lock.takeover'))).toBe(false);
    expect(existsSync(join(path, `tendril.lock.${process.pid}`))).toBe(false);
  });

  test('refuses a newer format, and leaves it unlocked', () => {
    mkdirSync(path);
    writeFileSync(join(path, 'format'), '2\n');
    expect(() => openDataDir(path)).toThrow(
      expect.objectContaining({ code: 'data_dir_newer', params: { path, format: '2', known: 1 } }),
    );
    expect(dataDirHolder(path)).toBeUndefined();
  });

  test('says why a path cannot be one', () => {
    writeFileSync(path, 'a file');
    expect(() => openDataDir(path)).toThrow(expect.objectContaining({ code: 'data_dir_unusable' }));
  });
});

describe('processStart', () => {
  test('is the same each time, and undefined for none', () => {
    expect(processStart(process.pid)).toBe(processStart(process.pid));
    expect(processStart(process.pid)).not.toBe('unknown');
    expect(processStart(2 ** 22 + 1)).toBeUndefined();
  });
});
