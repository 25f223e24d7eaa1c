/**
 * Programs of Debian that tests talk to. Where one is not installed its tests are skipped; with `CI=true` they
 * fail, so that nothing is skipped unseen. `.ci/packages` lists them, `.ci/run` installs them.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

/** For `describe.skipIf`. `path` is a program, or the folder of a Python module. */
export function isPeerMissing(path: string): boolean {
  return process.env['CI'] !== 'true' && !existsSync(path);
}

const execute = promisify(execFile);
const TIMEOUT_MS = 60_000;

export const PYTHON = '/usr/bin/python3';

/** Where Debian's packages of Python modules are. */
export function pythonModule(name: string): string {
  return `/usr/lib/python3/dist-packages/${name}`;
}

/** Runs a program to its end and gives what it printed; throws when it fails. */
export async function runPeer(
  program: string,
  parameters: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const options = { timeout: TIMEOUT_MS, env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...env } };
  const { stdout, stderr } = await execute(program, [...parameters], options);
  return stdout + stderr;
}
