/** `tendril down`: asks the server of this machine to stop and waits until it has. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '@tendril/model/failure';
import type { Command, Invocation } from '../command.ts';
import { EXIT } from '../exit.ts';
import { countFlag, isSet, textFlag } from '../flag-values.ts';
import { printableJson } from '../output/printable.ts';
import { serverPart } from '../server-part.ts';

const TIMEOUT_S_DEFAULT = 30;
const POLL_MS = 50;

export const down: Command = {
  name: 'down',
  summary: 'down.summary',
  usage: 'down [--data-dir DIR] [--timeout SECONDS]',
  examples: [{ line: 'down', summary: 'down.example.plain' }],
  flags: {
    'data-dir': { type: 'string', value: 'DIR', summary: 'flag.dataDir' },
    timeout: {
      type: 'string',
      value: 'SECONDS',
      summary: 'down.flag.timeout',
      default: String(TIMEOUT_S_DEFAULT),
    },
  },

  async run(invocation) {
    const { flags, stdout, stderr, messages, signal } = invocation;
    const path = dataDirOf(invocation);
    const seconds = countFlag(flags, 'timeout', { min: 0, max: 86_400 }) ?? TIMEOUT_S_DEFAULT;
    const { dataDirHolder } = await serverPart(() => import('@tendril/server/engine/data-dir'));
    const pid = dataDirHolder(path);
    if (pid === undefined) throw noServer(path);
    process.kill(pid, 'SIGTERM');
    await stderr.line(messages.text('say.down.signalled', { pid: String(pid) }));
    const polls = (seconds * 1000) / POLL_MS;
    for (let poll = 0; isAlive(pid); poll += 1) {
      if (poll >= polls) throw stuck(pid, seconds);
      await sleep(POLL_MS, undefined, { signal });
    }
    if (isSet(flags, 'json')) await stdout.line(printableJson({ stopped: pid }));
    else await stderr.line(messages.text('say.stopped'));
    return EXIT.ok;
  },
};

function dataDirOf({ flags, environment }: Invocation): string {
  return (
    textFlag(flags, 'data-dir') ?? environment['TENDRIL_DATA_DIR'] ?? join(homedir(), '.tendril')
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of somebody else is there all the same.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function noServer(path: string): Failure {
  return new Failure({
    code: 'no_server',
    detail: `no server is running on the data directory ${path}`,
    params: { path },
  });
}

function stuck(pid: number, seconds: number): Failure {
  return new Failure({
    code: 'server_stuck',
    detail: `process ${pid} has not stopped within ${seconds} s; what it has acknowledged is on disk, so it may be killed`,
    params: { pid, seconds },
  });
}
