/** Redis itself where it is installed, else a stand-in; on simulated time always the stand-in. */
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import type { Instance, Running } from '../instance.ts';
import type { Program, RunProgram } from '../net/program.ts';
import { within } from '../net/time.ts';
import { startRedisStandIn } from './redis-stand-in.ts';
import { encodeCommand, RespReader } from './resp.ts';
import { CREATE_GROUPS } from './streams.ts';

/** More than the demo ever needs. */
const MEMORY_BYTES = 256 * 1024 * 1024;
const READY_MS = 10_000;
const READY = 'Ready to accept connections';

export async function startRedis(instance: Instance): Promise<Running> {
  const { runProgram } = instance;
  const running = runProgram && (await startInstalled(instance, runProgram));
  return running ?? (await startRedisStandIn(instance));
}

/** Undefined where it is not installed, or does not start. */
async function startInstalled(
  instance: Instance,
  runProgram: RunProgram,
): Promise<Running | undefined> {
  const port = await freePort(instance);
  const program = await runProgram('redis-server', redisOptions(port));
  if (!program) return undefined;
  const isReady = await saysReady(instance, program);
  if (!isReady) {
    program.stop();
    return undefined;
  }
  // What became of it becomes of its instance.
  void program.ended.then(async () => instance.crash());
  const tell = await openCommands(instance, port);
  for (const command of CREATE_GROUPS) tell(command);
  return {
    socketPort: port,
    settingsChanged: () => {
      const { queuePauseMs, cacheBytesMax } = instance.settings();
      tell(['CONFIG', 'SET', 'maxmemory', String(cacheBytesMax || MEMORY_BYTES)]);
      tell(
        queuePauseMs > 0
          ? ['CLIENT', 'PAUSE', String(Math.round(queuePauseMs))]
          : ['CLIENT', 'UNPAUSE'],
      );
    },
  };
}

/** Nothing on disk, nobody from elsewhere. */
function redisOptions(port: number): readonly string[] {
  const options = {
    port,
    bind: '127.0.0.1',
    save: '',
    appendonly: 'no',
    logfile: '',
    dir: tmpdir(),
    maxmemory: MEMORY_BYTES,
    'maxmemory-policy': 'noeviction',
  };
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

async function freePort({ network }: Instance): Promise<number> {
  const listener = await network.listen((socket) => socket.destroy());
  listener.setOpen(false);
  return listener.port;
}

/** Its log becomes the instance's. */
async function saysReady(instance: Instance, { output, ended }: Program): Promise<boolean> {
  const ready = Promise.withResolvers<boolean>();
  const lines = createInterface({ input: output });
  lines.on('line', (line) => {
    // Before its log begins it draws a picture.
    if (/^\d+:/.test(line)) instance.log.raw(line);
    if (line.includes(READY)) ready.resolve(true);
  });
  void ended.then(() => ready.resolve(false));
  const patience = { time: instance.time, ms: READY_MS, reason: 'redis-server did not start' };
  return await within(ready.promise, patience).catch(() => false);
}

/** For commands whose answers nobody waits for. */
async function openCommands(
  { network }: Instance,
  port: number,
): Promise<(command: readonly string[]) => void> {
  const socket: Duplex = network.connect(port);
  const reader = new RespReader();
  await once(socket, 'connect');
  socket.on('data', (chunk: Uint8Array) => reader.push(chunk));
  socket.on('error', () => socket.destroy());
  return (command) => socket.write(encodeCommand(command));
}
