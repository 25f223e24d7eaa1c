/** The agent over real files and a server that takes what it sends. */
import { appendFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { createRedactor } from '@tendril/intake/redact/redactor';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runAgent } from './agent.ts';
import { readAgentConfig } from './agent-config.ts';

let folder: string;
let server: Server;
let received = '';

beforeEach(async () => {
  received = '';
  folder = await mkdtemp(join(tmpdir(), 'tendril-agent-loss-'));
  server = createServer((request, response) => {
    if (request.url !== '/v1/logs') {
      response.writeHead(404).end();
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received += zstdDecompressSync(Buffer.concat(chunks)).toString('latin1');
      response.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

test('what may be lost is told to the server too', async () => {
  const log = join(folder, 'app.log');
  await writeFile(log, 'before\n');
  const { port } = server.address() as AddressInfo;
  const config = {
    server: `http://127.0.0.1:${port}`,
    dataDir: join(folder, 'data'),
    files: [{ include: [log] }],
  };
  await writeFile(join(folder, 'agent.yaml'), JSON.stringify(config));
  const stopping = new AbortController();
  const running = runAgent({
    config: readAgentConfig(join(folder, 'agent.yaml')),
    redactor: createRedactor({ key: Buffer.alloc(32, 1) }),
    environment: {},
    signal: stopping.signal,
    nowMs: Date.now,
    onEvent: () => undefined,
  });
  const holds = async (text: string): Promise<void> =>
    await vi.waitFor(() => expect(received).toContain(text), { timeout: 20_000, interval: 20 });
  await holds('before');
  await truncate(log, 0);
  await appendFile(log, 'x\n');
  await holds('tendril.possible_loss');
  stopping.abort();
  await running;
});
