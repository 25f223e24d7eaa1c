/** A program of Debian that serves until it has done what it was started for. */
import { spawn } from 'node:child_process';

export interface DaemonRun {
  readonly program: string;
  readonly parameters: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The daemon runs until this holds. */
  readonly until: () => Promise<boolean>;
}

/** Throws, with what the daemon said, when it ends before that. */
export async function runDaemon({ program, parameters, env, until }: DaemonRun): Promise<void> {
  const child = spawn(program, [...parameters], { env: { ...process.env, ...env } });
  let printed = '';
  child.stdout.resume();
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const failed = new Promise<never>((_, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`${program} ended with ${code}: ${printed}`)));
  });
  try {
    await Promise.race([failed, holds(until)]);
  } finally {
    failed.catch(() => undefined);
    child.kill('SIGKILL');
  }
}

async function holds(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) {
    await new Promise((resolve) => {
      setTimeout(resolve, POLL_MS);
    });
  }
}

const POLL_MS = 100;
