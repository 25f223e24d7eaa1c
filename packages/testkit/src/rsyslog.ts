/** A real rsyslogd that reads a file and forwards its lines. */
import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const RSYSLOGD = '/usr/sbin/rsyslogd';

/** Where Debian's package of a module puts it. */
export function rsyslogModule(name: string): string {
  const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  return `/usr/lib/${machine}-linux-gnu/rsyslog/${name}.so`;
}

export interface RsyslogRun {
  /** For configuration and state. */
  readonly directory: string;
  /** File of lines to send. */
  readonly input: string;
  readonly tag?: string;
  /** Modules, templates and the action; the input is added. */
  readonly configuration: string;
  /** The daemon runs until this holds. */
  readonly until: () => Promise<boolean>;
}

export async function runRsyslog(run: RsyslogRun): Promise<void> {
  const { directory, input, configuration, until, tag = 'app' } = run;
  const own = mkdtempSync(join(directory, 'rsyslog-'));
  const file = join(own, 'rsyslog.conf');
  writeFileSync(
    file,
    `global(workDirectory="${own}")
module(load="imfile" mode="polling" pollingInterval="1")
${configuration}
input(type="imfile" file="${input}" tag="${tag}:" freshStartTail="off")
`,
  );
  const child = spawn(RSYSLOGD, ['-n', '-f', file, '-i', join(own, 'pid')]);
  let printed = '';
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const failed = new Promise<never>((_, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`rsyslogd ended with ${code}: ${printed}`)));
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
