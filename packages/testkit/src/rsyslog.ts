/** A real rsyslogd that reads a file and forwards its lines. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runDaemon } from './daemon.ts';

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
  const parameters = ['-n', '-f', file, '-i', join(own, 'pid')];
  await runDaemon({ program: RSYSLOGD, parameters, until });
}
