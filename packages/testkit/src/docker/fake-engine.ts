/** A container engine on a Unix socket, as far as our source asks for it (Docker Engine API 1.43). */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';

export interface FakeContainerOptions {
  readonly name: string;
  readonly image?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly hasTerminal?: boolean;
  /** The log driver `none`: nothing can be read. */
  readonly hasNoLog?: boolean;
}

interface Written {
  readonly ns: bigint;
  readonly output: 1 | 2;
  readonly text: string;
  readonly isPartial: boolean;
}

interface Stream {
  readonly response: ServerResponse;
  readonly container: FakeEngineContainer;
}

let clockNs = BigInt(Date.parse('2026-06-02T08:00:00Z')) * 1_000_000n;

export class FakeEngineContainer {
  readonly id: string = randomBytes(32).toString('hex');
  readonly written: Written[] = [];
  isRunning = true;
  readonly options: FakeContainerOptions;
  private readonly engine: FakeEngine;

  constructor(options: FakeContainerOptions, engine: FakeEngine) {
    this.options = options;
    this.engine = engine;
  }

  write(
    text: string,
    { output = 1, afterNs = 41_000_003n, isPartial = false }: WriteOptions = {},
  ): void {
    clockNs += afterNs;
    const line = { ns: clockNs, output, text, isPartial };
    this.written.push(line);
    this.engine.stream(this, line);
  }

  stop(): void {
    this.isRunning = false;
    this.engine.endStreams(this);
    this.engine.tell('die', this);
  }

  start(): void {
    this.isRunning = true;
    this.engine.tell('start', this);
  }

  printed({ ns, output, text, isPartial }: Written): Buffer {
    const seconds = new Date(Number(ns / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
    const time = `${seconds}.${String(ns % 1_000_000_000n).padStart(9, '0')}Z`;
    const end = this.options.hasTerminal ? '\r\n' : '\n';
    const payload = Buffer.from(`${time} ${text}${isPartial ? '' : end}`);
    if (this.options.hasTerminal) return payload;
    const header = Buffer.alloc(8);
    header[0] = output;
    header.writeUInt32BE(payload.length, 4);
    return Buffer.concat([header, payload]);
  }
}

export interface WriteOptions {
  readonly output?: 1 | 2;
  readonly afterNs?: bigint;
  readonly isPartial?: boolean;
}

export class FakeEngine {
  readonly socketPath: string;
  private readonly server: Server;
  private readonly containers: Map<string, FakeEngineContainer> = new Map();
  private readonly streams: Set<Stream> = new Set();
  private readonly watchers: Set<ServerResponse> = new Set();

  private constructor(socketPath: string) {
    this.socketPath = socketPath;
    this.server = createServer(({ url = '/' }, response) => this.answer(url, response));
    this.server.requestTimeout = 0;
  }

  static async start(socketPath: string): Promise<FakeEngine> {
    const engine = new FakeEngine(socketPath);
    engine.server.listen(socketPath);
    await once(engine.server, 'listening');
    return engine;
  }

  add(options: FakeContainerOptions): FakeEngineContainer {
    const container = new FakeEngineContainer(options, this);
    this.containers.set(container.id, container);
    this.tell('start', container);
    return container;
  }

  remove(container: FakeEngineContainer): void {
    container.stop();
    this.containers.delete(container.id);
    this.tell('destroy', container);
  }

  /** Breaks what is open. */
  cut(): void {
    for (const { response } of this.streams) response.destroy();
    for (const response of this.watchers) response.destroy();
    this.streams.clear();
    this.watchers.clear();
  }

  async close(): Promise<void> {
    this.cut();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  stream(container: FakeEngineContainer, line: Written): void {
    for (const stream of this.streams) {
      if (stream.container === container) stream.response.write(container.printed(line));
    }
  }

  endStreams(container: FakeEngineContainer): void {
    for (const stream of this.streams) {
      if (stream.container !== container) continue;
      stream.response.end();
      this.streams.delete(stream);
    }
  }

  tell(action: string, { id }: FakeEngineContainer): void {
    const event = `${JSON.stringify({ Type: 'container', Action: action, Actor: { ID: id } })}\n`;
    for (const watcher of this.watchers) watcher.write(event);
  }

  private answer(path: string, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(path, 'http://docker');
    const [, first, id = '', detail] = pathname.split('/');
    if (pathname === '/events') {
      response.writeHead(200).flushHeaders();
      this.watchers.add(response);
      response.once('close', () => this.watchers.delete(response));
      return;
    }
    if (pathname === '/containers/json') return json(response, this.listed());
    const container = this.containers.get(id);
    if (first !== 'containers' || !container)
      return json(response, { message: `No such container: ${id}` }, 404);
    if (detail === 'logs' && container.options.hasNoLog === true) {
      const message = 'configured logging driver does not support reading';
      return json(response, { message }, 501);
    }
    if (detail === 'logs') return this.logs(container, searchParams, response);
    const { hasTerminal = false } = container.options;
    json(response, {
      Id: id,
      State: { Running: container.isRunning },
      Config: { Tty: hasTerminal },
    });
  }

  private listed(): object[] {
    return [...this.containers.values()].map(({ id, isRunning, options }) => ({
      Id: id,
      Names: [`/${options.name}`],
      Image: options.image ?? `${options.name}:1.0`,
      Labels: options.labels ?? {},
      State: isRunning ? 'running' : 'exited',
      Status: isRunning ? 'Up 3 hours' : 'Exited (2) 5 minutes ago',
    }));
  }

  private logs(
    container: FakeEngineContainer,
    query: URLSearchParams,
    response: ServerResponse,
  ): void {
    const sinceNs = BigInt(Math.round(Number(query.get('since') ?? 0) * 1e9));
    const lines = container.written.filter(({ ns }) => ns >= sinceNs);
    const tail = query.get('tail') ?? 'all';
    const last = tail === 'all' ? lines : lines.slice(-Number(tail) || lines.length);
    response.writeHead(200).flushHeaders();
    // As a whole: chunks need not end where frames do.
    const bytes = Buffer.concat(last.map((line) => container.printed(line)));
    const middle = Math.floor(bytes.length / 2) + 3;
    response.write(bytes.subarray(0, middle));
    response.write(bytes.subarray(middle));
    if (query.get('follow') !== 'true' || !container.isRunning) {
      response.end();
      return;
    }
    const stream = { response, container };
    this.streams.add(stream);
    response.once('close', () => this.streams.delete(stream));
  }
}

function json(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
