import { createServer } from 'node:http';
import { once } from 'node:events';
import { sql } from '@tendril/sql/sql';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Engine } from '../engine.ts';
import { connectRemoteEngine } from './remote-engine.ts';

const WAIT = { timeout: 20_000, interval: 10 };
const QUICK = { healthIntervalMs: 20, healthTimeoutMs: 500 };

describe('a remote engine', () => {
  const opened: Engine[] = [];
  afterEach(async () => {
    for (const engine of opened.splice(0)) await engine.close();
  });
  const connect = (url: string): Engine => {
    const engine = connectRemoteEngine({ url, ...QUICK });
    opened.push(engine);
    return engine;
  };

  test.each(['not a url', 'ftp://host', 'tcp://user:secret@host:9000'])(
    'refuses the URL %s',
    (url) => {
      expect(() => connect(url)).toThrow(expect.objectContaining({ code: 'engine_url_invalid' }));
      expect(() => connect(url)).not.toThrow('secret');
    },
  );

  test('that cannot be reached is starting, and says so', async () => {
    const engine = connect('http://127.0.0.1:1');
    expect(engine.state()).toBe('starting');
    await expect(engine.query(sql`SELECT 1`, { limits: { timeoutMs: 50 } })).rejects.toMatchObject({
      code: 'engine_away',
      message: expect.stringContaining('starting'),
    });
  });

  test('sends user and password of the URL, and goes below its path', async () => {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(`${request.headers.authorization} ${request.url?.replace(/\?.*/, '')}`);
      request.resume();
      response.end('1\n');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const engine = connect(`http://us%40er:pass%3Aword@127.0.0.1:${port}/behind/proxy`);
    await vi.waitUntil(() => engine.state() === 'ready', WAIT);
    const credentials = Buffer.from('us@er:pass:word').toString('base64');
    expect(new Set(seen)).toEqual(new Set([`Basic ${credentials} /behind/proxy`]));
    server.closeAllConnections();
    server.close();
    await vi.waitUntil(() => engine.state() === 'away', WAIT);
  });
});
