// Copies what an agent needs, and nothing of the server or its engine, to a folder of its own, and installs its
// dependencies there with the Node that runs it: `node tools/agent-folder.mjs DIR`. What images and packages of the
// agent are made from. Says how large it is.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const MEGABYTE = 1_000_000;
const target = resolve(process.argv[2] ?? 'agent');
const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
const write = (path, value) => writeFileSync(path, `${JSON.stringify(value, undefined, 2)}\n`);

const names = neededPackages('cli');
for (const name of names) copyPackage(name);
cpSync(join(ROOT, 'packs'), join(target, 'packs'), { recursive: true });
const { devDependencies: _tools, ...root } = read(join(ROOT, 'package.json'));
write(join(target, 'package.json'), { ...root, workspaces: ['packages/*'], scripts: {} });
execFileSync('npm', ['install', '--omit=dev', '--no-audit', '--no-fund', '--silent'], {
  cwd: target,
  stdio: 'inherit',
});
// Headers for building add-ons, of which there are none here.
const nodePackage = join(target, 'node_modules', `node-${process.platform}-${process.arch}`);
rmSync(join(nodePackage, 'include'), { recursive: true, force: true });
console.log(`${target}: ${Math.round(bytesOf(target) / MEGABYTE)} MB with its Node`);

/** A package and those of ours that it needs; optional ones are the server's. */
function neededPackages(name, known = new Set()) {
  if (known.has(name)) return known;
  known.add(name);
  const { dependencies = {} } = read(join(ROOT, 'packages', name, 'package.json'));
  for (const dependency of Object.keys(dependencies)) {
    const own = /^@tendril\/(.+)$/.exec(dependency);
    if (own) neededPackages(own[1], known);
  }
  return known;
}

function copyPackage(name) {
  const from = join(ROOT, 'packages', name);
  const to = join(target, 'packages', name);
  mkdirSync(to, { recursive: true });
  for (const folder of ['src', 'bin']) {
    if (!readdirSync(from).includes(folder)) continue;
    cpSync(join(from, folder), join(to, folder), {
      recursive: true,
      filter: (path) => !/\.test\.ts$|\/testdata(?:\/|$)|\/testing(?:\/|$)/.test(path),
    });
  }
  const {
    devDependencies: _peers,
    optionalDependencies: _server,
    ...manifest
  } = read(join(from, 'package.json'));
  write(join(to, 'package.json'), manifest);
}

function bytesOf(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) return stats?.size ?? 0;
  // Links to our own packages count once.
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !entry.isSymbolicLink())
    .reduce((sum, entry) => sum + bytesOf(join(path, entry.name)), 0);
}
