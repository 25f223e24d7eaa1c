/**
 * A real syslog-ng that reads a file and forwards its lines. Debian does not install it beside rsyslog, so `.ci/run`
 * unpacks its package into a folder.
 */
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runDaemon } from './daemon.ts';

const UNPACKED = '/opt/tendril-test-peers';
export const SYSLOG_NG: string = join(UNPACKED, 'usr/sbin/syslog-ng');

export interface SyslogNgRun {
  /** For configuration and state. */
  readonly directory: string;
  /** File of lines to send; its source is called `s_src`, as Debian's is. */
  readonly input: string;
  readonly program: string;
  /** Destination and log path; version and source are added. */
  readonly configuration: string;
  /** The daemon runs until this holds. */
  readonly until: () => Promise<boolean>;
}

export async function runSyslogNg(run: SyslogNgRun): Promise<void> {
  const { directory, input, program, configuration, until } = run;
  const own = mkdtempSync(join(directory, 'syslog-ng-'));
  const file = join(own, 'syslog-ng.conf');
  const libraries = join(UNPACKED, 'usr/lib/syslog-ng');
  const version = readdirSync(libraries).find((name) => /^\d+\.\d+$/.test(name)) ?? '';
  writeFileSync(
    file,
    `@version: ${version}
source s_src { file("${input}" flags(no-parse) program-override("${program}") follow-freq(1)); };
${configuration}
`,
  );
  await runDaemon({
    program: SYSLOG_NG,
    parameters: [
      '--foreground',
      '--no-caps',
      `--cfgfile=${file}`,
      `--persist-file=${join(own, 'persist')}`,
      `--pidfile=${join(own, 'pid')}`,
      `--control=${join(own, 'control')}`,
      `--module-path=${join(libraries, version)}`,
    ],
    env: { LD_LIBRARY_PATH: libraries },
    until,
  });
}
