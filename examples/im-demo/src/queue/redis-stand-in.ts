/**
 * A stand-in for Redis on a socket, for simulated time and where Redis is not installed. It keeps nothing on
 * disk and writes its log in Redis' words.
 */
import type { Duplex } from 'node:stream';
import type { Instance, Running } from '../instance.ts';
import { sleep, type Time } from '../net/time.ts';
import { encodeReply, RespReader, type Reply } from './resp.ts';
import { RedisStore } from './redis-store.ts';
import { CREATE_GROUPS } from './streams.ts';

const POLL_MS = 4;
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

export async function startRedisStandIn(instance: Instance): Promise<Running> {
  const { time } = instance;
  const store = new RedisStore(() => instance.settings().cacheBytesMax);
  for (const command of CREATE_GROUPS) store.run(command);
  let pausedUntilMs = 0;
  const run = async (parts: readonly string[]): Promise<Reply> => {
    await sleep(time, pausedUntilMs - time.nowMs());
    return await blockingRun(time, store, parts);
  };
  const listener = await instance.network.listen((socket) => void serve(socket, run));
  const { pid, port } = instance.identity;
  const note = (sign: '*' | '#', text: string): void =>
    instance.log.raw(`${pid}:M ${redisTime(instance.clock.nowMs())} ${sign} ${text}`);
  note('*', `Running mode=standalone, port=${port}.`);
  note('*', 'Ready to accept connections tcp');
  return {
    socketPort: listener.port,
    settingsChanged: () => {
      const { queuePauseMs, cacheBytesMax } = instance.settings();
      if (queuePauseMs > 0) pausedUntilMs = time.nowMs() + queuePauseMs;
      if (queuePauseMs === 0) pausedUntilMs = 0;
      if (cacheBytesMax > 0)
        note(
          '#',
          `WARNING: the new maxmemory value set via CONFIG SET (${cacheBytesMax}) is smaller than the current memory usage. This will result in key eviction and/or the inability to accept new write commands depending on the maxmemory-policy.`,
        );
    },
  };
}

async function serve(
  socket: Duplex,
  run: (parts: readonly string[]) => Promise<Reply>,
): Promise<void> {
  const reader = new RespReader();
  socket.on('error', () => socket.destroy());
  try {
    for await (const chunk of socket as AsyncIterable<Uint8Array>) {
      for (const command of reader.push(chunk)) {
        const parts = Array.isArray(command) ? command.map(String) : [];
        socket.write(encodeReply(await run(parts)));
      }
    }
  } catch {
    socket.destroy();
  }
}

/** A read with BLOCK waits until there is something or its time is up. */
async function blockingRun(
  time: Time,
  store: RedisStore,
  parts: readonly string[],
): Promise<Reply> {
  const block = parts.indexOf('BLOCK');
  const untilMs = time.nowMs() + (block < 0 ? 0 : Number(parts[block + 1]));
  for (;;) {
    const reply = store.run(parts);
    if (reply !== null || block < 0 || time.nowMs() >= untilMs) return reply;
    await sleep(time, POLL_MS);
  }
}

/** `21 Nov 2026 16:10:00.123`, local. */
function redisTime(timeMs: number): string {
  const date = new Date(timeMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${two(date.getDate())} ${MONTHS[date.getMonth()] ?? ''} ${date.getFullYear()}`;
  const ms = String(date.getMilliseconds()).padStart(3, '0');
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${ms}`;
}
