/** The short form of the overload of `receivers`: seconds, few connections, a small write-ahead log. */
import { expect, test } from 'vitest';
import { ServerProcess } from '../server-process.ts';
import { measureOverload } from './overload.ts';
import { RECEIVERS, receiverEnvironment } from './receivers.ts';

/** Lumberjack says every five seconds that it is still there. */
const SECONDS = 12;
const RSS_BYTES_MAX: number = 1_200 * 1024 * 1024;

test('overloaded receivers make each sender wait in its own way, and lose nothing', async () => {
  const server = await ServerProcess.create({ env: receiverEnvironment(RECEIVERS, '16MiB') });
  try {
    await server.start();
    const load = { seconds: SECONDS, connections: 2, perRequest: 500, isFullFirst: true };
    const { receivers, lost, rssBytesMax } = await measureOverload(server, RECEIVERS, load);
    expect(lost).toBe(0);
    expect(rssBytesMax).toBeLessThan(RSS_BYTES_MAX);
    const waysOf = Object.fromEntries(
      receivers.map(({ name, waits }) => [name, Object.keys(waits)]),
    );
    expect(waysOf).toMatchObject({
      'otlp-http': ['429 Retry-After'],
      ndjson: ['429 Retry-After'],
      elastic: ['429 Retry-After'],
      loki: ['429 Retry-After'],
      journald: ['429 Retry-After'],
      lumberjack: expect.arrayContaining(['keep-alive']),
      fluent: ['answer withheld'],
      'syslog-tcp': ['not read'],
      'gelf-tcp': ['not read'],
    });
  } finally {
    await server.dispose();
  }
}, 120_000);
