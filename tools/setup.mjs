// Installs what is missing. Runs on whatever Node the machine has (plain JavaScript, no dependencies); everything
// after it runs on the Node 24 that npm installs beside the other packages (node_modules/.bin/node).
//
// `npm install`, not `npm ci`: the engine and Node come as one package per platform, and a lock file written on
// one platform does not name the packages of all others.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';

const STAMP = 'node_modules/.tendril-setup';

const digest = createHash('sha256');
const manifests = ['package.json', 'package-lock.json', 'bench/package.json'];
for (const name of readdirSync('packages')) manifests.push(`packages/${name}/package.json`);
for (const path of manifests) if (existsSync(path)) digest.update(readFileSync(path));
const wanted = digest.digest('hex');

if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== wanted) {
  console.error('installing packages (about 800 MB, once; the largest is the database engine) …');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const args = ['install', '--no-audit', '--no-fund', '--no-save', '--loglevel=error'];
  const result = spawnSync(npm, args, { stdio: ['ignore', 2, 2] });
  if (result.status !== 0) {
    console.error(
      'npm install failed; its output above says why. Run the command again once that is solved.',
    );
    process.exit(result.status ?? 1);
  }
  writeFileSync(STAMP, wanted);
}
