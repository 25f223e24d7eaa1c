#!/usr/bin/env -S node --conditions=source
// Starts the command on the Node it is made for. Plain JavaScript, so that any Node can read it: one that is too
// old hands over to the one that npm installed beside the packages.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as modules from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

const NODE_MAJOR_MIN = 24;
const fromSource = new URL('../src/main.ts', import.meta.url);
const compiled = new URL('../dist/main.js', import.meta.url);

if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) {
  // The space for young objects stays at 1 MiB. V8 would let it grow to 128 MiB while modules are loaded and
  // then keep it. It also takes that space off what may be allocated between two full collections, so a server
  // would collect all of its heap several times a second. Reading lines, which makes the most objects, is as fast.
  setFlagsFromString('--semi-space-growth-factor=1');
  // Compiled code is kept for the next start: that is faster, and the compiler need not be loaded.
  modules.enableCompileCache();
  await import(existsSync(compiled) ? compiled.href : fromSource.href);
} else {
  handOver();
}

function handOver() {
  const args = ['--conditions=source', fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const child = spawn(installedNode(), args, { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => child.kill(signal));
  child.on('error', () => {
    console.error(
      `tendril needs Node ${NODE_MAJOR_MIN}; "npm install" in its folder brings it along`,
    );
    process.exitCode = 1;
  });
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}

function installedNode() {
  const { resolve } = modules.createRequire(import.meta.url);
  try {
    const manifest = resolve(`node-${process.platform}-${process.arch}/package.json`);
    return join(dirname(manifest), 'bin', 'node');
  } catch {
    return join('node_modules', '.bin', 'node');
  }
}
