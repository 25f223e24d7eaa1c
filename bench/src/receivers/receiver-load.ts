/** A sender process for one receiver of a server, and what became of its records. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pause, type ServerProcess } from '../server-process.ts';
import { readStatus } from '../tendril-api.ts';
import type { ReceiverSenderResult } from './sender.ts';
import type { SinkAddress } from './sink.ts';

const run = promisify(execFile);
const SENDER = join(import.meta.dirname, 'sender.ts');
const SINK = join(import.meta.dirname, 'sink.ts');

export interface SendOptions {
  readonly perRequest: number;
  readonly seconds: number;
  readonly connections: number;
}

export async function send(
  server: ServerProcess,
  name: string,
  options: SendOptions,
): Promise<ReceiverSenderResult> {
  return await sendTo(name, await urlOf(server, name), options);
}

/** To what acknowledges at once: the sender's own limit. */
export async function sendToSink(
  name: string,
  options: SendOptions,
): Promise<ReceiverSenderResult> {
  const sink = await startSink(name);
  try {
    return await sendTo(name, sink.url, options);
  } finally {
    sink.stop();
  }
}

interface Sink {
  readonly url: string;
  readonly stop: () => void;
}

export async function startSink(name: string): Promise<Sink> {
  const child = spawn(process.execPath, ['--conditions=source', SINK, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line]: unknown[] = await once(child.stdout, 'data');
  const { port } = JSON.parse(String(line)) as SinkAddress;
  return { url: `http://127.0.0.1:${port}`, stop: () => child.kill() };
}

async function sendTo(
  name: string,
  url: string,
  { perRequest, seconds, connections }: SendOptions,
): Promise<ReceiverSenderResult> {
  const sending = run(process.execPath, [
    '--conditions=source',
    SENDER,
    `--receiver=${name}`,
    `--url=${url}`,
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

export async function urlOf(server: ServerProcess, name: string): Promise<string> {
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
