/**
 * What acknowledges at once and keeps nothing: how fast a sender is against it is the sender's own limit. A process of
 * its own; prints where it listens as JSON.
 */
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { encode } from '@msgpack/msgpack';
import { ValueScanner } from '@tendril/server/protocols/fluent/messagepack';
import { FrameBuffer } from '@tendril/server/protocols/frame-buffer';
import { lumberjackAnswer, LumberjackFrames } from '@tendril/server/protocols/lumberjack/frames';

export interface SinkAddress {
  readonly port: number;
}

const [, , receiver = ''] = process.argv;
const server = serverOf(receiver);
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  const address: SinkAddress = { port };
  process.stdout.write(`${JSON.stringify(address)}\n`);
});

function serverOf(name: string): Server {
  switch (name) {
    case 'lumberjack':
      return createServer(answerWindows);
    case 'fluent':
      return createServer(answerMessages);
    case 'syslog-tcp':
    case 'gelf-tcp':
      return createServer(discard);
    default:
      return httpSink();
  }
}

/** Elasticsearch's clients ask who it is, and want to hear that nothing failed. */
function httpSink(): Server {
  const about = JSON.stringify({
    name: 'sink',
    cluster_name: 'sink',
    version: { number: '9.1.0', build_flavor: 'default', lucene_version: '10.0.0' },
    tagline: 'You Know, for Search',
  });
  return createHttpServer((request, response) => {
    request.resume();
    request.on('end', () => {
      const { url = '/' } = request;
      const status = url.startsWith('/loki') ? 204 : url === '/upload' ? 202 : 200;
      const body = url.endsWith('_bulk') ? '{"took":0,"errors":false,"items":[]}' : about;
      response.writeHead(status, {
        'content-type': 'application/json',
        'x-elastic-product': 'Elasticsearch',
      });
      response.end(status === 204 ? '' : body);
    });
  });
}

function discard(socket: Socket): void {
  socket.on('error', () => socket.destroy());
  socket.resume();
}

function answerWindows(socket: Socket): void {
  const frames = new LumberjackFrames();
  let size = 0;
  let seen = 0;
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    for (const frame of frames.push(chunk)) {
      if (frame.kind === 'window') {
        size = frame.size;
        seen = 0;
        continue;
      }
      seen = frame.kind === 'compressed' ? size : seen + 1;
      if (seen >= size) socket.write(lumberjackAnswer(size));
    }
  });
}

const LEVELS_MAX = 64;

function answerMessages(socket: Socket): void {
  const buffer = new FrameBuffer();
  const scanner = new ValueScanner(LEVELS_MAX);
  const answer = encode({ ack: '' });
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    buffer.append(chunk);
    for (;;) {
      const end = scanner.end(buffer.bytes());
      if (end === undefined) break;
      buffer.consume(end);
      socket.write(answer);
    }
  });
}
