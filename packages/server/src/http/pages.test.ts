/** The pages' files as browsers get them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPages, type Pages } from './pages.ts';

let folder: string;
let pages: Pages;
const SCRIPT = 'console.log("vine")';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tendril-pages-'));
  const root = join(folder, 'dist');
  mkdirSync(join(root, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'not yours');
  writeFileSync(join(root, '.digest'), 'x');
  writeFileSync(join(root, 'index.html'), '<style nonce="__TENDRIL_NONCE__"></style>');
  writeFileSync(join(root, 'assets/app-1.js'), SCRIPT);
  writeFileSync(join(root, 'assets/app-1.js.br'), brotliCompressSync(SCRIPT));
  writeFileSync(join(root, 'assets/app-1.js.gz'), gzipSync(SCRIPT));
  pages = openPages(root);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function get(path: string, headers: Record<string, string> = {}): Response | undefined {
  return pages.answer({ method: 'GET', path, headers: new Headers(headers) });
}

describe('pages', () => {
  test('sends the page for every path that a person opens, with a nonce of its own', async () => {
    const html = { accept: 'text/html,*/*' };
    const [one, two] = [get('/', html), get('/logs/deep', html)];
    const text = await one?.text();
    const nonce = /nonce="([\w-]+)"/.exec(text ?? '')?.[1] ?? '';
    expect(nonce.length).toBeGreaterThan(20);
    const policy = one?.headers.get('content-security-policy') ?? '';
    expect(policy).toContain(`'nonce-${nonce}'`);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(await two?.text()).not.toBe(text);
    expect(two?.headers.get('cache-control')).toBe('no-cache');
  });

  test('sends compressed what the browser takes, and lets it keep it for good', async () => {
    const packed = get('/assets/app-1.js', { 'accept-encoding': 'gzip, deflate, br' });
    expect(packed?.headers.get('content-encoding')).toBe('br');
    expect(packed?.headers.get('cache-control')).toContain('immutable');
    const bytes = Buffer.from((await packed?.arrayBuffer()) ?? new ArrayBuffer(0));
    expect(brotliDecompressSync(bytes).toString()).toBe(SCRIPT);
    const gzipped = get('/assets/app-1.js', { 'accept-encoding': 'br;q=0, gzip' });
    expect(gzipped?.headers.get('content-encoding')).toBe('gzip');
    const plain = get('/assets/app-1.js');
    expect(plain?.headers.get('content-encoding')).toBeNull();
    expect(await plain?.text()).toBe(SCRIPT);
    expect(plain?.headers.get('content-type')).toContain('javascript');
  });

  test.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/assets/missing.js',
    '/.digest',
    '/index.html',
    '/api/v1/none',
    '/elastic/_bulk',
    '/assets/app-1.js.br',
  ])('has nothing at %s for a program', (path) => {
    expect(get(path, { accept: '*/*' })).toBeUndefined();
  });

  test.each(['/api/v1/none', '/metrics', '/assets/missing.js'])('%s is no page', (path) => {
    expect(get(path, { accept: 'text/html' })).toBeUndefined();
  });

  test('takes nothing but reads', () => {
    expect(pages.answer({ method: 'POST', path: '/', headers: new Headers() })).toBeUndefined();
  });

  test('says how to build them where they are not built', () => {
    const none = openPages(join(folder, 'nowhere'));
    const request = { method: 'GET', path: '/', headers: new Headers() };
    expect(() => none.answer(request)).toThrow('build:web');
  });
});
