// Builds the web UI into packages/web/dist when its sources changed since the last build, and compresses what
// compresses well, so that the server need not.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const WEB = join(ROOT, 'packages/web');
const DIST = join(WEB, 'dist');
const STAMP = join(DIST, '.digest');
const SOURCES = [
  ...['index.html', 'public', 'src', 'package.json', 'vite.config.ts'].map((name) =>
    join(WEB, name),
  ),
  ...['api', 'messages', 'model', 'query', 'sql'].map((name) =>
    join(ROOT, 'packages', name, 'src'),
  ),
  join(ROOT, 'package-lock.json'),
  join(ROOT, 'tools/build-web.mjs'),
];
/** Smaller ones fit a packet anyway. */
const COMPRESSED_BYTES_MIN = 1024;

const wanted = digestOf(SOURCES);
if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== wanted) {
  console.error('building the pages …');
  build();
  for (const path of filesBelow(DIST)) compress(path);
  writeFileSync(STAMP, wanted);
}

function digestOf(paths) {
  const digest = createHash('sha256');
  for (const path of paths.flatMap(filesBelow)) {
    if (/\.test\.tsx?$/.test(path)) continue;
    digest.update(path.slice(ROOT.length)).update('\0').update(readFileSync(path)).update('\0');
  }
  return digest.digest('hex');
}

function filesBelow(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .toSorted()
    .flatMap((name) => filesBelow(join(path, name)));
}

function build() {
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
  const args = [vite, 'build', '--logLevel', 'warn', '--emptyOutDir'];
  // Tests run under another NODE_ENV, with which the build would hold the development versions of the libraries.
  const env = { ...process.env, NODE_ENV: 'production' };
  const { status } = spawnSync(process.execPath, args, { cwd: WEB, env, stdio: ['ignore', 2, 2] });
  if (status === 0) return;
  console.error('the pages could not be built; the output above says why');
  process.exit(status ?? 1);
}

function compress(path) {
  if (!/\.(?:js|css|svg|json)$/.test(path)) return;
  const content = readFileSync(path);
  if (content.byteLength < COMPRESSED_BYTES_MIN) return;
  const quality = { [constants.BROTLI_PARAM_QUALITY]: 9 };
  writeFileSync(`${path}.br`, brotliCompressSync(content, { params: quality }));
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
}
