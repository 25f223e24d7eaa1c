import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { ReadClient } from './read-client.ts';

describe('a client for queries', () => {
  const closing: (() => void)[] = [];
  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });

  async function serve(listener: RequestListener): Promise<{ client: ReadClient; server: Server }> {
    const server = createServer(listener);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const client = new ReadClient({
      url: new URL(`http://127.0.0.1:${port}/behind`),
      username: 'reader',
      password: 'secret',
      headers: {},
      socketsMax: 2,
      idleSocketMs: 60_000,
    });
    closing.push(() => {
      client.close();
      server.closeAllConnections();
      server.close();
    });
    return { client, server };
  }

  const request = (query: string): Parameters<ReadClient['ask']>[0] => ({
    query,
    query_params: { p0: 'a\tb' },
    settings: { max_threads: 1 },
    headers: {},
    signal: new AbortController().signal,
  });

  test('keeps its connection for the next query', async () => {
    let connections = 0;
    const { client, server } = await serve((incoming, response) => {
      void text(incoming).then((query) => response.end(`${query} ${incoming.url}`));
    });
    server.on('connection', () => (connections += 1));
    for (const query of ['SELECT 1', 'SELECT 2']) {
      const answer = await text(await client.ask(request(query)));
      expect(answer).toBe(`${query} /behind?param_p0=a%5Ctb&max_threads=1`);
    }
    expect(connections).toBe(1);
  });

  test('throws what the engine says, and no more than 64 KiB of it', async () => {
    const { client } = await serve((incoming, response) => {
      incoming.resume();
      response.statusCode = 500;
      response.end('x'.repeat(1024 * 1024));
    });
    const failed: unknown = await client.ask(request('SELECT 1')).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(Error);
    expect(String(failed).length).toBeLessThan(65 * 1024);
  });

  test('throws when nobody answers', async () => {
    const { client } = await serve((incoming) => incoming.socket.destroy());
    await expect(client.ask(request('SELECT 1'))).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});
