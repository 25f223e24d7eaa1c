/**
 * The control port: `GET /faults` lists them, `POST /faults` switches one on (`{"name": "slow-database"}`),
 * `DELETE /faults?name=…` off again, `GET /operations` says how users fared.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Demo } from './demo.ts';
import { FAULTS } from './faults/catalogue.ts';
import { readJson } from './net/rpc-server.ts';

export async function startControl(demo: Demo, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    answer(demo, request, response).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: reason }));
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function answer(
  demo: Demo,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://control');
  response.setHeader('content-type', 'application/json');
  switch (`${request.method ?? ''} ${url.pathname}`) {
    case 'GET /faults':
      response.end(JSON.stringify(listed(demo)));
      return;
    case 'POST /faults': {
      // A page in a browser cannot send this type without asking first.
      if (request.headers['content-type'] !== 'application/json')
        throw new Error('send application/json');
      const { name, intensity = 0.7, number = 0 } = await readJson(request);
      const on = await demo.switchOn(String(name), {
        intensity: Number(intensity),
        number: Number(number),
      });
      response.end(JSON.stringify({ name, instances: on.instances }));
      return;
    }
    case 'DELETE /faults':
      await demo.switchOff(url.searchParams.get('name') ?? '');
      response.end('{}');
      return;
    case 'GET /operations':
      response.end(JSON.stringify(demo.operations()));
      return;
    default:
      response.writeHead(404).end('{}');
  }
}

function listed(demo: Demo): readonly object[] {
  const on = new Set(demo.faultsOn().map(({ fault }) => fault.name));
  return FAULTS.map(({ name, description, target, cause }) => {
    return { name, description, target, cause, isOn: on.has(name) };
  });
}
