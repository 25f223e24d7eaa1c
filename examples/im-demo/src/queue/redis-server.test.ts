/** The same of Redis itself and of what stands in for it. */
import { describe, expect, test } from 'vitest';
import { isPeerMissing } from '@tendril/testkit/debian-peer';
import { startInstance, type Ground } from '../cluster/instance-process.ts';
import type { ToInstance } from '../cluster/messages.ts';
import { REAL_NETWORK } from '../net/network.ts';
import { runProgram } from '../net/program.ts';
import { REAL_TIME } from '../net/time.ts';
import { DEFAULT_SETTINGS, type Settings } from '../settings.ts';
import { RedisError, encodeCommand, RespReader, type Reply } from './resp.ts';

const IDENTITY = {
  service: 'redis',
  number: 0,
  instance: 'redis-1',
  port: 16_379,
  version: '7',
  pid: 1,
} as const;

interface Started {
  readonly command: (...parts: readonly string[]) => Promise<Reply>;
  readonly set: (settings: Partial<Settings>) => void;
  readonly lines: () => Promise<string>;
}

async function started(options: Pick<Ground, 'runProgram'>): Promise<Started> {
  const requests: object[] = [];
  const ready = Promise.withResolvers<number>();
  const flushed = Promise.withResolvers<void>();
  let take = (_message: ToInstance): void => undefined;
  const spans = {
    onStart: () => undefined,
    onEnd: () => undefined,
    shutdown: done,
    forceFlush: done,
  };
  await startInstance(
    {
      identity: IDENTITY,
      settings: DEFAULT_SETTINGS,
      destination: { otlpUrl: '', token: '', environment: 'test' },
      seed: 1,
    },
    {
      ...options,
      time: REAL_TIME,
      network: REAL_NETWORK,
      sendLogs: async (request) => Promise.resolve(void requests.push(request)),
      spans,
      crash: async () => await new Promise<never>(() => undefined),
      tell: (message) => {
        if (message.kind === 'ready') ready.resolve(message.socketPort);
        if (message.kind === 'flushed') flushed.resolve();
      },
    },
    (taker) => (take = taker),
  );
  const command = commandsOf(await ready.promise);
  return {
    command,
    set: (settings) => take({ kind: 'settings', settings: { ...DEFAULT_SETTINGS, ...settings } }),
    lines: async () => {
      take({ kind: 'flush', number: 1 });
      await flushed.promise;
      return JSON.stringify(requests);
    },
  };
}

async function done(): Promise<void> {
  return Promise.resolve();
}

function commandsOf(port: number): Started['command'] {
  const socket = REAL_NETWORK.connect(port);
  const reader = new RespReader();
  const waiting: ((reply: Reply) => void)[] = [];
  socket.on('data', (chunk: Uint8Array) => {
    for (const reply of reader.push(chunk)) waiting.shift()?.(reply);
  });
  return async (...parts) =>
    await new Promise<Reply>((resolve) => {
      waiting.push(resolve);
      socket.write(encodeCommand(parts));
    });
}

describe.each([
  { name: 'Redis', options: { runProgram }, isMissing: isPeerMissing('/usr/bin/redis-server') },
  { name: 'the stand-in', options: {}, isMissing: false },
])('$name', ({ options, isMissing }) => {
  test.skipIf(isMissing)('is a queue, fills up, and speaks of itself', async () => {
    const { command, set, lines } = await started(options);
    const add = ['XADD', 'toRedis', 'MAXLEN', '~', '10', '*', 'msg', '你好'];
    await command(...add);
    const read = [
      'XREADGROUP',
      'GROUP',
      'redis',
      'c',
      'COUNT',
      '9',
      'BLOCK',
      '50',
      'STREAMS',
      'toRedis',
      '>',
    ];
    expect(JSON.stringify(await command(...read))).toContain('["msg","你好"]');
    set({ cacheBytesMax: 1 });
    await expect.poll(async () => command(...add)).toBeInstanceOf(RedisError);
    set({});
    await expect.poll(async () => command(...add)).toEqual(expect.any(String));
    expect(await lines()).toMatch(/Ready to accept connections/);
  });
});
