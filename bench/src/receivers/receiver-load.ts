/** A sender process for one receiver of a server, and what became of its records. */
import { execFile } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pause, type ServerProcess } from '../server-process.ts';
import { readStatus } from '../tendril-api.ts';
import type { ReceiverSenderResult } from './sender.ts';

const run = promisify(execFile);
const SENDER = join(import.meta.dirname, 'sender.ts');

export interface SendOptions {
  readonly perRequest: number;
  readonly seconds: number;
  readonly connections: number;
}

export async function send(
  server: ServerProcess,
  name: string,
  { perRequest, seconds, connections }: SendOptions,
): Promise<ReceiverSenderResult> {
  const sending = run(process.execPath, [
    '--conditions=source',
    SENDER,
    `--receiver=${name}`,
    `--url=${await urlOf(server, name)}`,
    `--seconds=${seconds}`,
    `--connections=${connections}`,
    `--per-request=${perRequest}`,
  ]);
  // Senders are other machines: on this one they must not take the server's processor time.
  if (sending.child.pid !== undefined)
    setPriority(sending.child.pid, constants.priority.PRIORITY_LOW);
  const { stdout } = await sending;
  return JSON.parse(stdout) as ReceiverSenderResult;
}

async function urlOf(server: ServerProcess, name: string): Promise<string> {
  if (name === 'ndjson') return server.url;
  const { receivers: listening } = await readStatus(server.url);
  const url = listening.find((receiver) => receiver.name === name)?.url;
  if (url === undefined) throw new Error(`${name} does not listen`);
  return url.replace('tcp://', 'http://');
}

/** Resolves when nothing of the receiver is on its way any more. */
export async function stored(server: ServerProcess, name: string): Promise<void> {
  let before = -1;
  for (;;) {
    const { received, pending } = await accountOf(server, name);
    if (pending === 0 && received === before) return;
    before = received;
    await pause(250);
  }
}

export async function accountOf(
  server: ServerProcess,
  name: string,
): Promise<{ readonly received: number; readonly pending: number; readonly stored: number }> {
  const { accounts } = await readStatus(server.url);
  const account = accounts.find(({ source }) => source === name);
  return account ?? { received: 0, pending: 0, stored: 0 };
}
