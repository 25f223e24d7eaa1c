import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { findLibrary } from './library.ts';

describe('findLibrary', () => {
  test('finds the one of this machine', () => {
    expect(existsSync(findLibrary())).toBe(true);
  });

  test('names the platforms there are when this is none of them', () => {
    expect(() => findLibrary('sunos', 'sparc')).toThrow(
      /no embedded engine for sunos-sparc \(there is for linux-x64.*--clickhouse URL/,
    );
  });

  test('names the package that is not installed', () => {
    const [platform, arch] = process.platform === 'darwin' ? ['linux', 'x64'] : ['darwin', 'arm64'];
    expect(() => findLibrary(platform, arch)).toThrow(/npm install @chdb\/lib-/);
  });
});
