/**
 * Expressions of the packs that come with Tendril run in V8, on lines that strangers write: each has to take time
 * that grows with the length of the line and no faster. Proving it takes a second or so each, so what was proven is
 * remembered by its digest; with `CI=true` all are proven anew, `UPDATE_GOLDEN=1` remembers.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { checkSync } from 'recheck';
import { afterAll, describe, expect, test } from 'vitest';
import { readPacks } from './load-packs.ts';
import { expressionsOf } from './testing/expressions.ts';

const FILE = new URL('testdata/linear-expressions.txt', import.meta.url);
const { CI, UPDATE_GOLDEN } = process.env;

const known: ReadonlySet<string> = new Set(readFileSync(FILE, 'utf8').split('\n'));
const expressions = [...expressionsOf(readPacks({ sections: ['formats', 'errors'] }))].map(
  ([source, where]) => ({ source, where, digest: digestOf(source) }),
);
const proven = new Set<string>();

function digestOf(source: string): string {
  return createHash('sha256').update(source).digest('hex').slice(0, 32);
}

describe('expressions of the shipped packs take linear time', () => {
  const unproven = expressions.filter(({ digest }) => CI === 'true' || !known.has(digest));
  test('there are some', () => {
    expect(expressions.length).toBeGreaterThan(80);
  });

  test.each(unproven)('$where', { timeout: 120_000 }, ({ source, digest }) => {
    const found = checkSync(source, 's', { timeout: 60_000 });
    expect(found.status === 'safe' ? found.complexity.type : found).toMatch(/^(?:safe|linear)$/);
    proven.add(digest);
  });

  afterAll(() => {
    if (UPDATE_GOLDEN !== '1') return;
    const remembered = expressions.filter(({ digest }) => known.has(digest) || proven.has(digest));
    const lines = remembered.map(({ digest }) => digest).toSorted();
    writeFileSync(FILE, `${lines.join('\n')}\n`);
  });

  test('what is not linear is found', () => {
    expect(checkSync('^(a+)+$', 's').status).toBe('vulnerable');
    expect(checkSync('(\\w+) is (\\w+)$', 's').status).toBe('vulnerable');
  });
});
