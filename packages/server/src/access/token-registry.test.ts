import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLogsFixture } from '@tendril/testkit/logs-fixture';
import type { EngineFixture } from '@tendril/testkit/engine-fixture';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tokenMirror } from '../state/token-mirror.ts';
import { tokenTable, type TokenTable } from '../state/token-table.ts';
import { TOKENS_MAX, TokenRegistry, type TokenRegistryOptions } from './token-registry.ts';
import { parseTokensFile, SECRET_LENGTH_MIN } from './tokens-file.ts';

let engine: EngineFixture;
beforeAll(async () => {
  engine = await startLogsFixture();
});
afterAll(() => engine.close());

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tendril-tokens-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const mirrorFile = (name = 'a'): string => join(directory, name, 'tokens.json');

async function open(options: Partial<TokenRegistryOptions> = {}): Promise<TokenRegistry> {
  return await TokenRegistry.open({
    mirror: tokenMirror(mirrorFile()),
    table: awayTable,
    isShared: true,
    nowMs: Date.now,
    warn: () => undefined,
    ...options,
  });
}

const awayTable: TokenTable = {
  read: async () => {
    throw new Error('away');
  },
  write: async () => {
    throw new Error('away');
  },
};

describe('the registry', () => {
  test('keeps a hash in a file of its owner alone, never the secret', async () => {
    const registry = await open();
    const { secret, id } = await registry.create({ name: 'x', scopes: ['ingest'] });
    const text = readFileSync(mirrorFile(), 'utf8');
    expect(text).toContain(id);
    expect(text).not.toContain(secret);
    expect(statSync(mirrorFile()).mode & 0o777).toBe(0o600);
  });

  test('recognises tokens after a restart while the engine is away', async () => {
    const { secret, id } = await (await open()).create({ name: 'x', scopes: ['ingest'] });
    const again = await open();
    expect(again.find(secret)?.id).toBe(id);
    await again.revoke(id);
    expect((await open()).find(secret)).toBeUndefined();
  });

  test('loses no token when several are created at once', async () => {
    const registry = await open();
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        registry.create({ name: `t${index}`, scopes: ['read'] }),
      ),
    );
    const again = await open();
    for (const { secret } of made) expect(again.find(secret)).toBeDefined();
  });

  test('starts closed, not open, when its file is damaged', async () => {
    await (await open()).create({ name: 'x', scopes: ['read'] });
    writeFileSync(mirrorFile(), '{"version":1,"tokens":[{}]}');
    await expect(open()).rejects.toMatchObject({ code: 'tokens_unreadable' });
  });

  test('brings what was done while the engine was away to the database, and to other servers', async () => {
    const table = tokenTable(engine.engine);
    let isAway = true;
    const flaky: TokenTable = {
      read: async () => (isAway ? await awayTable.read() : await table.read()),
      write: async (tokens) => (isAway ? await awayTable.write(tokens) : await table.write(tokens)),
    };
    const here = await open({ table: flaky });
    const there = await open({ table, mirror: tokenMirror(mirrorFile('b')) });
    const kept = await here.create({
      name: 'kept',
      scopes: ['read'],
      expiresAtMs: Date.now() + 60_000,
    });
    const revoked = await here.create({ name: 'revoked', scopes: ['read'] });
    await here.revoke(revoked.id);
    isAway = false;
    await here.sync();
    await there.sync();
    expect(there.find(kept.secret)).toMatchObject({ name: 'kept', expiresAtMs: kept.expiresAtMs });
    expect(there.find(revoked.secret)).toBeUndefined();
    await there.revoke(kept.id);
    await here.sync();
    expect(here.find(kept.secret)).toBeUndefined();
  });

  test('stops at its limit', async () => {
    const file = join(directory, 'many');
    const line = (index: number): string =>
      `read ${String(index).padStart(SECRET_LENGTH_MIN, '0')}`;
    const lines = Array.from({ length: TOKENS_MAX - 1 }, (_, index) => line(index));
    writeFileSync(file, lines.join('\n'));
    const registry = await open({ tokensFile: file });
    await registry.create({ name: 'last', scopes: ['read'] });
    const oneMore = registry.create({ name: 'one more', scopes: ['read'] });
    await expect(oneMore).rejects.toMatchObject({ code: 'too_many_tokens' });
  });
});

describe('the tokens file', () => {
  const secret = 'a'.repeat(SECRET_LENGTH_MIN);

  test('names scopes, secret and what it is for', () => {
    const [token, ...others] = parseTokensFile(`# first\n\nread,ingest ${secret} the agents\n`);
    expect(token).toMatchObject({ scopes: ['read', 'ingest'], name: 'the agents' });
    expect(others).toEqual([]);
  });

  test.each([
    [`read ${secret}\nroot ${secret}`, 'line 2'],
    [`read ${secret.slice(1)}`, 'line 1'],
  ])('is refused with the line and without the secret', (text, line) => {
    expect(() => parseTokensFile(text)).toThrow(line);
    expect(() => parseTokensFile(text)).not.toThrow(secret.slice(1));
  });

  test('counts at once when it changes, and what it held stays while it is unreadable', async () => {
    const file = join(directory, 'tokens');
    writeFileSync(file, `admin ${secret}`);
    const registry = await open({ tokensFile: file, table: tokenTable(engine.engine) });
    expect(registry.find(secret)?.scopes).toEqual(['admin']);
    expect(registry.configured).toBe(true);
    const id = registry.list()[0]?.id ?? '';
    await expect(registry.revoke(id)).rejects.toMatchObject({ code: 'token_of_file' });
    writeFileSync(file, 'half a li');
    await registry.sync();
    expect(registry.find(secret)).toBeDefined();
    const other = 'b'.repeat(SECRET_LENGTH_MIN + 1);
    writeFileSync(file, `read ${other}`);
    await registry.sync();
    expect(registry.find(secret)).toBeUndefined();
    expect(registry.find(other)?.scopes).toEqual(['read']);
  });

  test('that is not there stops the start', async () => {
    const missing = open({ tokensFile: join(directory, 'missing') });
    await expect(missing).rejects.toMatchObject({ code: 'tokens_file' });
  });
});
